"""Print how answers would change under other rules: figures first, then each criterion with examples."""

from collections.abc import Iterator

from pipelines.reports.day_tables import clock
from qm.analysis.estimate_quality import wilson
from qm.domain.difference import CriterionDifference, Example, FormDifference, Outcome, Presence, RulesDifference
from qm.domain.evaluation import CriterionAnswer, Evidence, EvidenceKind
from qm.domain.figures import Figure
from qm.domain.text import Language, Text
from qm.wording import say

WORDS = {
    "contacts": Text("{n} contatti, {skipped} non valutabili", "{n} contacts, {skipped} that can't be scored"),
    "unchanged": Text("Invariati (stessi file): {names}", "Unchanged (same files): {names}"),
    "nothing": Text("I due insiemi di regole sono uguali.", "The two sets of rules are the same."),
    "answers": Text("cambiano {changed} risposte su {n}", "{changed} of {n} answers change"),
    "score": Text("punteggio medio", "mean score"),
    "difference": Text("differenza", "difference"),
    "flips": Text("contatti che passano da superato a non superato o viceversa: {n}",
                  "contacts that go from passed to failed or back: {n}"),
    "same": Text("invariata in {n}", "the same in {n}"),
    "changes": Text("cambia in {hits} su {n} (95 %: {lo}-{hi} %)", "changes in {hits} of {n} (95 %: {lo}-{hi} %)"),
    "grounds": Text("stessa risposta con altre prove in {n}", "same answer on other evidence in {n}"),
    "example": Text("per esempio", "for example"),
    "added": Text("nuovo", "new"),
    "removed": Text("tolto", "removed"),
    "passed": Text("superato", "passed"),
    "failed": Text("non superato", "failed"),
    "open": Text("da decidere", "open"),
    "none": Text("senza punteggio", "no score"),
    "skipped": Text("Non valutabili:", "Can't be scored:"),
    "searched": Text("{n} turni esaminati", "{n} turns searched"),
}  # fmt: skip
MOST_SHOWN = 20
"""Flips and skipped contacts named in the report; `--json` has them all."""


def report(difference: RulesDifference, language: Language) -> Iterator[str]:
    """The report line by line."""
    yield _word("contacts", language, n=difference.contacts, skipped=len(difference.skipped))
    if difference.unchanged:
        yield _word("unchanged", language, names=", ".join(difference.unchanged))
    if not difference.forms:
        yield _word("nothing", language)
    for form in difference.forms:
        yield ""
        yield from _form(form, language)
    if difference.skipped:
        yield ""
        yield _word("skipped", language)
        yield from (f"  {s.contact_id}: {s.code}: {s.message}" for s in difference.skipped[:MOST_SHOWN])
        yield from _more(len(difference.skipped))


def _form(form: FormDifference, language: Language) -> Iterator[str]:
    changed, n = (sum(getattr(c.changed, name) for c in form.criteria) for name in ("hits", "n"))
    versions = {
        Presence.BOTH: f"{form.version_before} -> {form.version_after}",
        Presence.ADDED: f"{form.version_after}, {_word('added', language)}",
        Presence.REMOVED: f"{form.version_before}, {_word('removed', language)}",
    }
    yield f"{form.title.said_in(language)} ({form.form_id} {versions[form.presence]}), n={form.n}"
    if form.presence is Presence.BOTH:
        yield "  " + _word("answers", language, changed=changed, n=n)
        yield f"  {_word('score', language)}: {_figure(form.before)} -> {_figure(form.after)}"
        yield f"  {_word('difference', language)}: {_figure(form.difference)}"
        yield from _flips(form, language)
    for criterion in form.criteria:
        yield from _criterion(criterion, language)


def _flips(form: FormDifference, language: Language) -> Iterator[str]:
    yield "  " + _word("flips", language, n=len(form.flips))
    for flip in form.flips[:MOST_SHOWN]:
        before, after = (_outcome(outcome, language) for outcome in (flip.before, flip.after))
        values = f"{_number(flip.value_before)} -> {_number(flip.value_after)}"
        yield f"    {flip.contact_id}: {before} -> {after} ({values})"
    yield from _more(len(form.flips))


def _more(n: int) -> Iterator[str]:
    if n > MOST_SHOWN:
        yield f"    … +{n - MOST_SHOWN} (--json)"


def _criterion(criterion: CriterionDifference, language: Language) -> Iterator[str]:
    head = f"  {criterion.title.said_in(language)} ({criterion.criterion_id})"
    changed = criterion.changed
    if criterion.presence is not Presence.BOTH:
        yield f"{head}: {_word(criterion.presence.value, language)}"
    elif changed.hits:
        lo, hi = wilson(changed)
        percents = {"lo": f"{100 * lo:.0f}", "hi": f"{100 * hi:.0f}"}
        yield f"{head}: {_word('changes', language, hits=changed.hits, n=changed.n, **percents)}"
    elif criterion.grounds:
        yield f"{head}: {_word('grounds', language, n=criterion.grounds)}"
        return
    else:
        return
    for step in criterion.transitions:
        if step.before != step.after:
            yield f"    {_answer(step.before, language)} -> {_answer(step.after, language)}: {step.n}"
    stayed = sum(step.n for step in criterion.transitions if step.before == step.after)
    if stayed:
        yield "    " + _word("same", language, n=stayed)
    for example in criterion.examples:
        yield from _example(example, language)


def _example(example: Example, language: Language) -> Iterator[str]:
    yield f"    {_word('example', language)} {example.contact_id}:"
    for sign, answer in (("-", example.before), ("+", example.after)):
        yield f"      {sign} {_told(answer, language)}"


def _told(answer: CriterionAnswer, language: Language) -> str:
    value = "" if answer.value is None else f" = {answer.value}"
    grounds = [ground for item in answer.evidence[:2] if (ground := _evidence(item, language))]
    reason = say(f"reason.{answer.reason}", language)
    return "; ".join([f"{_answer(answer.answer.value, language)}{value}: {reason}", *grounds])


def _evidence(item: Evidence, language: Language) -> str:
    if item.kind is EvidenceKind.WORDS:
        return f"{' '.join(item.turn_ids)} {clock(item.start_s)} «{item.quote}»"
    if item.kind is EvidenceKind.ABSENCE:
        nearest = f" «{item.quote}»" if item.quote else ""
        return _word("searched", language, n=len(item.turn_ids)) + nearest
    return item.fact


def _answer(answer: str, language: Language) -> str:
    return say(f"answer.{answer}", language) if answer else "-"


def _outcome(outcome: Outcome, language: Language) -> str:
    return _word(outcome.value, language)


def _figure(figure: Figure) -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return f"- (n={figure.n})"
    return f"{figure.value:.1f} [{figure.lo:.1f}, {figure.hi:.1f}] (n={figure.n})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _word(key: str, language: Language, **values: object) -> str:
    return WORDS[key].said_in(language).format(**values)
