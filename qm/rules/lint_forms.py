"""Read a form as an experienced analyst would: what loads, but will be answered differently or never."""

from collections.abc import Iterator

from qm.domain.form import Criterion
from qm.domain.scales import Weighting
from qm.domain.text import Language
from qm.domain.weights import is_weighed, weigh
from qm.errors import Fault
from qm.rules.conditions import All, Condition
from qm.rules.lint_logic import Reach
from qm.rules.lint_wording import has_condition, joined_questions, vague_words
from qm.rules.pack import Pack, Place, Rule

HEAVY = 0.5
"""A criterion above this share of its form decides it alone."""
FEWEST_WEIGHED = 3
"""Of two criteria, one always weighs at least half."""
MEANT_AS_PERCENT = (90.0, 110.0)
"""Bare weights whose sum lies in here, but isn't 100, were probably meant to be per cent."""


def lint_form(pack: Pack) -> list[Fault]:
    """Warnings about a form that loads, by file and line."""
    found = [*_weights(pack), *_reach(pack)]
    for criterion in pack.form.criteria:
        found.extend(_wording(criterion, pack))
    return sorted(found, key=lambda fault: (fault.file, fault.line, fault.code, fault.message))


def _wording(criterion: Criterion, pack: Pack) -> Iterator[Fault]:
    place = pack.places.get(f"rule:{criterion.id}") or pack.places[f"criterion:{criterion.id}"]
    name = f"'{criterion.id}'"
    for language in Language:
        title = criterion.title.said_in(language)
        if word := joined_questions(title, language):
            message = f"{name} ({language}) asks two things at once, joined by '{word}': {title}"
            yield _warn(place, "title", "forms.double_barrelled", message, "make it two criteria")
        for key, text in (("title", criterion.title), ("explanation", criterion.explanation)):
            if words := vague_words(text.said_in(language), language):
                message = f"{name} ({language}) has vague words: {', '.join(words)}"
                yield _warn(place, key, "forms.vague_word", message, "say what can be heard or seen")
    if _lacks_na(criterion, pack):
        hint = "add `applies:` to its rule, or `when:`"
        yield _warn(place, "title", "forms.missing_na", f"{name} names a condition, but always applies", hint)


def _lacks_na(criterion: Criterion, pack: Pack) -> bool:
    rule = pack.rule_of(criterion.id)
    is_optional = criterion.id in pack.shown or (rule.applies is not None if rule else criterion.na)
    return not is_optional and any(has_condition(criterion.title.said_in(one), one) for one in Language)


def _weights(pack: Pack) -> Iterator[Fault]:
    form = pack.form
    if form.weighting is Weighting.SECTION:
        groups = [form.sections, *(section.sections for section in form.sections if section.sections)]
        sums = [(sum(section.weight for section in group), group[0].id, "section") for group in groups]
    elif form.weighting is Weighting.QUESTION:
        weighed = [criterion for criterion in form.criteria if is_weighed(criterion)]
        sums = [(sum(c.weight for c in weighed), c.id, "criterion") for c in weighed[:1]]
    else:
        sums = []
    for total, first, kind in sums:
        if MEANT_AS_PERCENT[0] < total < MEANT_AS_PERCENT[1] and abs(total - 100) > 1e-9:
            message = f"weights from '{first}' on add up to {total:g}; as per cent they would have to give 100"
            yield _warn(pack.places[f"{kind}:{first}"], "", "forms.weights", message, "write them as 40%, or mend them")
    shares = weigh(form, {criterion.id for criterion in form.criteria})
    for criterion_id, share in shares.items():
        if share > HEAVY and len(shares) >= FEWEST_WEIGHED:
            message = f"'{criterion_id}' alone has {100 * share:.0f} % of the form's weight"
            yield _warn(pack.places[f"criterion:{criterion_id}"], "", "forms.heavy_criterion", message, "lower it")


def _reach(pack: Pack) -> Iterator[Fault]:
    hidden: set[str] = set()
    for criterion_id in pack.order:
        reach = Reach(pack.form, hidden)
        rule, shown = pack.rule_of(criterion_id), pack.shown.get(criterion_id)
        applies = rule.applies if rule else None
        parts = tuple(part for part in (shown, applies) if part is not None)
        place = pack.places[f"criterion:{criterion_id}"]
        if parts and reach.is_never(All(parts)):
            hidden.add(criterion_id)
            message = f"'{criterion_id}' can never apply: its conditions exclude each other"
            yield _warn(place, "when", "forms.unreachable", message, "correct `when:` or `applies:`")
        elif rule is not None:
            yield from _rule_reach(rule, reach, pack.places[f"rule:{rule.id}"])


def _rule_reach(rule: Rule, reach: Reach, place: Place) -> Iterator[Fault]:
    if not rule.options and reach.is_never(rule.met):
        message = f"'{rule.id}' can never be met: its conditions exclude each other"
        yield _warn(place, "met", "forms.unreachable", message, "correct `met:`")
    seen: list[Condition] = []
    for option in (option for option in rule.options if option.when is not None):
        assert option.when is not None
        if option.when in seen or reach.is_never(option.when):
            message = f"'{rule.id}' can never choose '{option.id}'"
            yield _warn(place, "options", "forms.unreachable", message, "correct its `when:`")
        seen.append(option.when)


def _warn(place: Place, key: str, code: str, message: str, hint: str) -> Fault:
    return Fault(place.file, place.line_of(key), code, message, hint)
