"""What each criterion weighs in its form, over whatever applies."""

from collections.abc import Collection, Sequence

from qm.domain.form import Criterion, Form, Section
from qm.domain.scales import Weighting
from qm.units import Share


def weigh(form: Form, counted: Collection[str]) -> dict[str, Share]:
    """Share of each counted criterion in its form; the shares add up to 1.

    What isn't counted gives its weight to the rest: inside its section where the form weighs by section, else over
    the whole form. Empty where nothing is counted.

    Args:
        counted: ids of the criteria that take part; bonuses and what is only noted never do.
    """
    taking_part = {c.id for c in form.criteria if c.id in counted and is_weighed(c)}
    if form.weighting is Weighting.SECTION:
        shares: dict[str, Share] = {}
        _spread(form.sections, 1.0, taking_part, shares)
        return shares
    amounts = {c.id: worth(form, c) for c in form.criteria if c.id in taking_part}
    total = sum(amounts.values())
    return {criterion_id: amount / total for criterion_id, amount in amounts.items()}


def is_weighed(criterion: Criterion) -> bool:
    """True where it takes part in the weights: it's scored and no bonus."""
    return criterion.is_scored and not criterion.bonus


def worth(form: Form, criterion: Criterion) -> float:
    """Points of a criterion, or its weight where the form weighs by question."""
    return criterion.weight if form.weighting is Weighting.QUESTION else criterion.points


def _spread(sections: Sequence[Section], whole: Share, counted: Collection[str], shares: dict[str, Share]) -> None:
    live = [section for section in sections if any(c.id in counted for c in section.every_criterion)]
    total = sum(section.weight for section in live)
    for section in live:
        part = whole * section.weight / total
        if section.sections:
            _spread(section.sections, part, counted, shares)
        else:
            own = [criterion for criterion in section.criteria if criterion.id in counted]
            points = sum(criterion.points for criterion in own)
            shares.update({criterion.id: part * criterion.points / points for criterion in own})
