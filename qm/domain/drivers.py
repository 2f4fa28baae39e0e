"""What goes with satisfied customers, and by how much; what goes with nothing so far; what can't be said, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qm.domain.figures import Count, Figure
from qm.domain.text import Text


class DriverKind(StrEnum):
    """A question of the form, something the telephone system or the customer told, a measure of the conversation."""

    CRITERION = "criterion"
    HISTORY = "history"
    MEASURE = "measure"


class Verdict(StrEnum):
    """What the data says of one predictor.

    `matters`: holds up against all the others being tested as well (Holm); `hint`: would stand with one false find in
    twenty among the finds (Benjamini-Hochberg); `negligible`: the whole interval lies inside the margin; `unclear`: not
    enough data to tell.
    """

    MATTERS = "matters"
    HINT = "hint"
    NEGLIGIBLE = "negligible"
    UNCLEAR = "unclear"


EITHER = "transfer_or_hold"
"""Key of the effect of a transfer or a hold, whichever happened."""


@dataclass(frozen=True)
class Effect:
    """By how many percentage points the probability of a satisfied customer differs, all else in the model equal.

    Attributes:
        key: column (`c:<form>/<criterion>`, `m:<measure>`) or name (`transfer`, `wait`).
        step: change that the effect is told for, in the predictor's unit; 0: met against not met, yes against no.
        points: percentage points; n counts the contacts where the predictor has a value.
        present, absent: satisfied customers among those where it's met (yes) and not; empty where `step` isn't 0.
        p, p_holm, p_bh: plain, and adjusted over all predictors tested.
        df: about how many agents the interval rests on, less one.
        importance: share of what the predictors explain together; no value where that can't be said.
        vif: variance inflation: 1 where the others tell nothing of it.
    """

    key: str
    kind: DriverKind
    step: float
    points: Figure
    present: Count
    absent: Count
    p: float
    p_holm: float
    p_bh: float
    df: float
    importance: Figure
    vif: float
    verdict: Verdict


@dataclass(frozen=True)
class LeftOut:
    """A predictor that nothing can be said of.

    Attributes:
        reason: stable code; worded by `qm.wording_drivers`.
        n: contacts where it has a value.
        present, absent: as of `Effect`.
        like: another predictor's key, where it can't be told apart from that.
    """

    key: str
    kind: DriverKind
    reason: str
    n: int
    present: Count = field(default_factory=lambda: Count(0, 0))
    absent: Count = field(default_factory=lambda: Count(0, 0))
    like: str = ""


@dataclass(frozen=True)
class Drivers:
    """The result over one set of surveyed contacts.

    Attributes:
        refused: stable code of why nothing can be said at all; empty where something can.
        satisfied: satisfied customers of those surveyed.
        agents: how many the contacts belong to.
        is_joint: False where data is too thin to hold the predictors against each other: each was looked at alone.
        explained: share of the variance of satisfied or not that all predictors explain together (linear R²).
        circumstances: share of `explained` that hangs on which questions apply or can be told, not on their answers.
        margin: percentage points; effects inside it are negligible.
        either: a transfer or a hold in the place of both.
        alike: groups of predictors that go together so much that their effects can't be told apart.
    """

    refused: str
    satisfied: Count
    agents: int
    is_joint: bool
    margin: float
    explained: float | None = None
    circumstances: Figure = field(default_factory=lambda: Figure(None, None, None, 0))
    effects: tuple[Effect, ...] = ()
    either: Effect | None = None
    left_out: tuple[LeftOut, ...] = ()
    alike: tuple[tuple[str, ...], ...] = ()

    def of_kind(self, kind: DriverKind) -> tuple[Effect, ...]:
        """Effects of one kind, in order."""
        return tuple(effect for effect in self.effects if effect.kind is kind)

    def effect_of(self, key: str) -> Effect | None:
        """The effect of one predictor, `None` where there is none."""
        return next((effect for effect in self.effects if effect.key == key), None)


@dataclass(frozen=True)
class DriverReport:
    """Drivers of one scale, as a command computed them.

    Attributes:
        since, until, computed_at: ISO dates; the first two empty where not limited.
        satisfied_from: value of the scale from which (down from which, if lower is better) a customer is satisfied.
        titles: of criteria, by key.
        without_agent: responses left aside since their contact has no agent.
        unlinked: responses left aside since their contact isn't known.
    """

    scale: str
    scale_title: Text
    satisfied_from: float
    form_id: str
    form_title: Text
    form_version: str
    since: str
    until: str
    computed_at: str
    contacts: int
    unlinked: int
    without_agent: int
    drivers: Drivers
    titles: Mapping[str, Text] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Under which it's kept: a report a scale and form."""
        return f"{self.scale}:{self.form_id}"

    @property
    def leading(self) -> tuple[Effect, ...]:
        """The leading metrics: *a transfer or a hold* first, then the rest of the history."""
        either = (self.drivers.either,) if self.drivers.either else ()
        return (*either, *self.drivers.of_kind(DriverKind.HISTORY))
