"""Where the differences between scores come from, and how many contacts and raters a figure needs."""

from dataclasses import dataclass

from qm.domain.figures import Figure


@dataclass(frozen=True)
class SpreadPart:
    """One source of differences between answers.

    Attributes:
        facets: of `contact`, `rater`, `criterion`; several: what they do together; all three hold chance as well.
        spread: standard deviation in points of 100.
        share: of the whole variance, 0..1.
    """

    facets: tuple[str, ...]
    spread: Figure
    share: float


@dataclass(frozen=True)
class Dependability:
    """How far the mean of so many raters tells contacts apart on this form.

    Attributes:
        relative: G coefficient; contacts compared with each other, all by the same raters.
        absolute: phi; a contact's score as it stands, whoever rated it.
    """

    raters: int
    relative: Figure
    absolute: Figure


@dataclass(frozen=True)
class FigurePlan:
    """What an agent's mean score needs, where so many analysts share the work and one scores each contact.

    Attributes:
        raters: analysts among whom the contacts are shared; 0: the machine scores them all.
        contacts: an agent needs for the wanted half-width; `None`: no number of contacts is enough.
        contacts_lo: at the favourable end of what the data leave open (95 %).
        contacts_hi: at the other; `None`: perhaps no number is enough.
        reliable_contacts: an agent needs for the wanted phi; `None`: no number is enough, or not known.
    """

    raters: int
    contacts: int | None
    contacts_lo: int | None
    contacts_hi: int | None
    reliable_contacts: int | None


@dataclass(frozen=True)
class GeneralisabilityStudy:
    """Variance components of calibration answers and what follows from them.

    Attributes:
        why: code of what keeps the study from being made; empty where it stands.
    """

    contacts: int
    raters: int
    criteria: int
    answers: int
    parts: tuple[SpreadPart, ...] = ()
    dependability: tuple[Dependability, ...] = ()
    why: str = ""
