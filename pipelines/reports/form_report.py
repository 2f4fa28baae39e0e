"""Forms as text: the list of them, and one with its sections, criteria and what each weighs."""

from collections.abc import Iterator, Mapping, Sequence

from qm.domain.form import Criterion, Form, Section
from qm.domain.text import Language
from qm.domain.weights import weigh
from qm.rules.pack import Pack
from qm.wording import say

Uses = Mapping[tuple[str, str], int] | None
"""Evaluations by form and version; `None` where there is no database to ask."""


def status_of(form: Form) -> str:
    """`draft` or `published`."""
    return "draft" if form.draft else "published"


def row_of(pack: Pack, uses: Uses) -> dict[str, object]:
    """One line of the list as values."""
    form = pack.form
    return {
        "form": form.id, "version": form.version, "status": status_of(form), "title": form.title,
        "weighting": form.weighting, "sections": sum(1 for _section in form.every_section()),
        "criteria": len(form.criteria), "people_only": sum(pack.rule_of(c.id) is None for c in form.criteria),
        "evaluations": None if uses is None else uses.get((form.id, form.version), 0), "sha256": pack.sha256,
    }  # fmt: skip


def list_lines(packs: Sequence[Pack], uses: Uses, language: Language) -> Iterator[str]:
    """One line a form."""
    for pack in packs:
        form, used = pack.form, say("form.unknown_use", language)
        if uses is not None:
            used = f"{uses.get((form.id, form.version), 0)} {say('form.used', language)}"
        counts = f"{len(form.criteria)} {say('form.criteria', language)}"
        state = say(f"status.{status_of(form)}", language)
        yield f"{form.id} {form.version}: {form.title.said_in(language)} ({state}, {counts}, {used})"


def form_lines(pack: Pack, language: Language) -> Iterator[str]:
    """A form as a tree; per cent are of the whole form when everything applies."""
    form = pack.form
    shares = weigh(form, {criterion.id for criterion in form.criteria})
    weighting = say(f"weighting.{form.weighting}", language)
    mark = f"{say('form.pass_mark', language)} {form.pass_mark:g}"
    yield f"{form.title.said_in(language)} ({form.id} {form.version}; {weighting}; {mark})"
    for section in form.sections:
        yield from _section_lines(section, pack, shares, language, 1)


def _section_lines(
    section: Section, pack: Pack, shares: Mapping[str, float], language: Language, depth: int
) -> Iterator[str]:
    whole = sum(shares.get(criterion.id, 0.0) for criterion in section.every_criterion)
    yield f"{'  ' * depth}{_percent(whole)} {section.title.said_in(language)} ({section.id})"
    for inner in section.sections:
        yield from _section_lines(inner, pack, shares, language, depth + 1)
    for criterion in section.criteria:
        notes = ", ".join(_notes(criterion, pack, language))
        share = _percent(shares.get(criterion.id, 0.0))
        yield f"{'  ' * (depth + 1)}{share} {criterion.title.said_in(language)} ({criterion.id}: {notes})"


def _notes(criterion: Criterion, pack: Pack, language: Language) -> Iterator[str]:
    yield say(f"type.{criterion.type}", language)
    if criterion.automatic_fail:
        yield say(f"fails.{criterion.fail_scope}", language)
    if criterion.critical:
        yield say(f"critical.{criterion.critical}", language)
    if criterion.bonus:
        yield f"{say('form.bonus', language)} {criterion.points:g}"
    if not criterion.is_scored:
        yield say("form.not_scored", language)
    if pack.rule_of(criterion.id) is None:
        yield say("form.people_only", language)
    if criterion.id in pack.shown:
        yield say("form.conditional", language)
    if criterion.driver:
        yield f"{say('form.driver', language)} {criterion.driver}"


def _percent(share: float) -> str:
    return f"{100 * share:5.1f} %"
