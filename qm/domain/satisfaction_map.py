"""What a form's score tells about the customer's satisfaction."""

from dataclasses import dataclass

from qm.domain.figures import Count, Figure


@dataclass(frozen=True)
class CurvePoint:
    """Probability (0..1) of a satisfied customer at a score; the figure's n is that of the whole map."""

    score: float
    chance: Figure


@dataclass(frozen=True)
class ReliabilityBin:
    """Contacts with like scores: what the map said of them, fitted without their agents, and what came.

    Attributes:
        lo: lowest score.
        hi: highest score.
        said: mean predicted probability.
        came: share of satisfied customers, with its interval.
        satisfied: the same as a count.
    """

    lo: float
    hi: float
    said: float
    came: Figure
    satisfied: Count


@dataclass(frozen=True)
class SatisfactionMap:
    """The map from score to probability, or why there is none.

    Attributes:
        satisfied: satisfied customers among the responses with a score.
        agents: whose contacts these are.
        ranking: probability that of a satisfied and another customer the satisfied one's contact has the higher score
            (area under the ROC curve); 0.5: the score tells nothing.
        curve: by score, never falling; empty where there is no map.
        bins: observed beside predicted; kept where the map is refused for telling nothing, empty on thin data.
        why: code of the refusal; empty where there is a map.
    """

    form_id: str
    scale: str
    satisfied: Count
    agents: int
    ranking: Figure
    curve: tuple[CurvePoint, ...] = ()
    bins: tuple[ReliabilityBin, ...] = ()
    why: str = ""
