"""What pages about disputes and an agent's own contacts show, and how their forms are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from api.presentation import number
from api.review_page import Offer, offers_of
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.form import Criterion, Form, Value
from qm.domain.review import GivenAnswer
from qm.domain.scales import CriterionType
from qm.domain.text import Language, Text
from qm.errors import InputError
from qm.services.disputes import Claim, Decision
from qm.services.own_contacts import OwnForm

GIVEN, VALUE, WHY = "g.", "v.", "w."
"""What names of fields begin with; a criterion's id follows."""
UPHELD = "upheld"
NEEDS_VALUE = (CriterionType.NUMBER, CriterionType.DATE, CriterionType.TEXT)


@dataclass(frozen=True)
class OwnRow:
    """A criterion on an agent's page: what counts, and the agent's own answer beside it."""

    section: Text
    criterion: Criterion
    answer: CriterionAnswer
    own: GivenAnswer | None
    is_contested: bool

    @property
    def differs(self) -> bool:
        """The agent answered otherwise."""
        return self.own is not None and (self.own.answer is not self.answer.answer or self.own.value != self._value)

    @property
    def _value(self) -> Value | None:
        return self.answer.value if self.own is not None and self.own.value is not None else None

    @property
    def may_contest(self) -> bool:
        """It was answered, and isn't contested yet."""
        return self.answer.answer is not Answer.CANNOT_TELL and not self.is_contested


def rows_of(own: OwnForm) -> list[OwnRow]:
    """The criteria of a form's result in their order; none while it's hidden."""
    if own.evaluation is None:
        return []
    is_open = own.dispute is not None and own.dispute.state in ("open", "decided")
    contested = {item.criterion_id for item in own.dispute.items} if own.dispute and is_open else set()
    given = {one.criterion_id: one for one in own.assessed.given} if own.assessed else {}
    return [
        OwnRow(leaf.title, row.criterion, row.answer, given.get(row.criterion.id), row.criterion.id in contested)
        for leaf in own.evaluation.leaves for row in leaf.criteria
    ]  # fmt: skip


def choices_of(criterion: Criterion) -> tuple[Offer, ...]:
    """Answers to choose from in a form without scripts; several options at once can't be chosen there."""
    offers = [one for one in offers_of(criterion) if one.value != Answer.CANNOT_TELL.value]
    if criterion.type in NEEDS_VALUE:
        offers.insert(0, Offer("value", Text("questo valore", "this value"), ""))
    return tuple(offers)


def assessed(form: Form, fields: Mapping[str, str]) -> tuple[GivenAnswer, ...]:
    """What an agent answered themselves; what they left open isn't among it."""
    return tuple(_given_in(form, fields))


def _given_in(form: Form, fields: Mapping[str, str]) -> Iterator[GivenAnswer]:
    for criterion in form.criteria:
        if chosen := fields.get(GIVEN + criterion.id, ""):
            yield given_of(criterion, chosen, fields.get(VALUE + criterion.id, ""))


def given_of(criterion: Criterion, chosen: str, value: str = "") -> GivenAnswer:
    """An answer as a form names it.

    Raises:
        InputError: it's none.
    """
    if chosen.startswith("option:"):
        option = chosen.removeprefix("option:")
        is_several = criterion.type is CriterionType.MULTIPLE_CHOICE
        return GivenAnswer(criterion.id, Answer.MET, (option,) if is_several else option)
    if chosen == "none":
        return GivenAnswer(criterion.id, Answer.MET, ())
    if chosen == "value":
        return GivenAnswer(criterion.id, Answer.MET, _value(criterion, value))
    if chosen not in list(Answer):
        message = f"{criterion.id}: '{chosen[:40]}' isn't an answer"
        raise InputError("review.bad_answer", message, "choose among what the form offers")
    return GivenAnswer(criterion.id, Answer(chosen))


def _value(criterion: Criterion, text: str) -> str | float:
    if criterion.type is not CriterionType.NUMBER:
        return text.strip()
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        message = f"{criterion.id}: '{text[:40]}' isn't a number"
        raise InputError("review.bad_answer", message, "write it in digits") from None


def claim_in(fields: Mapping[str, str]) -> Claim:
    """What an agent contests, as the page's form sends it."""
    return Claim(
        fields.get("form", ""), fields.get("criterion", ""), fields.get("why", ""), second_in(fields.get("at", ""))
    )


def second_in(text: str) -> float | None:
    """A second as people write it; `None` for nothing.

    Raises:
        InputError: it's none.

    >>> second_in("1:15"), second_in("75"), second_in(" ")
    (75.0, 75.0, None)
    """
    if not text.strip():
        return None
    try:
        total = 0.0
        for part in text.strip().split(":"):
            total = 60 * total + float(part.replace(",", "."))
    except ValueError:
        message = f"'{text[:40]}' isn't a second"
        raise InputError("dispute.bad_second", message, "write it like 75 or 1:15") from None
    return total


def decisions_in(form: Form, fields: Mapping[str, str]) -> tuple[Decision, ...]:
    """An arbitrator's rulings, as the page's form sends them."""
    known = form.by_id
    found = []
    for name, chosen in fields.items():
        criterion_id = name.removeprefix(GIVEN)
        if name.startswith(GIVEN) and criterion_id in known and chosen:
            answer = None if chosen == UPHELD else given_of(
                known[criterion_id], chosen, fields.get(VALUE + criterion_id, "")
            )  # fmt: skip
            found.append(Decision(criterion_id, answer, fields.get(WHY + criterion_id, "")))
    return tuple(found)


def version_in(fields: Mapping[str, str]) -> int:
    """The version that a form was made for; 0, which never stands, where it names none."""
    text = fields.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def own_address(contact_id: str) -> str:
    """The page of one's own contact."""
    return "/mine/contacts/" + quote(contact_id, safe="")


def hours_text(hours: float, language: Language) -> str:
    """Hours, from two days on as days.

    >>> hours_text(50.5, Language.ENGLISH), hours_text(3.2, Language.ITALIAN), hours_text(0.4, Language.ENGLISH)
    ('2 d', '3 h', '24 min')
    """
    hours = abs(hours)
    if hours < 1:
        return f"{number(60 * hours, language)} min"
    return f"{number(hours // 1, language)} h" if hours < 48 else f"{int(hours // 24)} {_days(language)}"


def _days(language: Language) -> str:
    return "g" if language is Language.ITALIAN else "d"


def helpers(language: Language) -> dict[str, Any]:
    """What the templates call."""
    return {
        "choices_of": choices_of, "hours_text": lambda hours: hours_text(hours, language), "rows_of": rows_of,
        "hours_between": lambda now, then: (then - now).total_seconds() / 3600,
    }  # fmt: skip
