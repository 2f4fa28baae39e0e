"""How a site works on its detractor cases: what opens one, the clock, the causes, and what may be offered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import IntEnum, StrEnum

from qm.domain.text import Text


class Side(StrEnum):
    """Whose doing a detractor's cause is."""

    AGENT = "agent"
    PROCESS = "process"
    PRODUCT = "product"


class Severity(IntEnum):
    """How bad a case is; the higher, the sooner."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Value(IntEnum):
    """What the customer is worth to the site, as the site says; `UNKNOWN` is offered what everybody is."""

    UNKNOWN = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True)
class Cause:
    """Why a customer was unhappy."""

    id: str
    title: Text
    side: Side


@dataclass(frozen=True)
class Remedy:
    """Something to offer: to cases of at least that severity, of customers of at least that value."""

    id: str
    title: Text
    severity: Severity = Severity.LOW
    value: Value = Value.UNKNOWN

    def is_offered(self, severity: Severity, value: Value) -> bool:
        """Whether the table of the plan has it for such a case."""
        return severity >= self.severity and value >= self.value


@dataclass(frozen=True)
class CaseRule:
    """When a response opens a detractor case: every scale named is answered at or below its limit.

    Attributes:
        needs_all: a response that leaves one of the scales out opens none; otherwise those that were answered decide.
    """

    at_most: Mapping[str, float] = field(default_factory=lambda: {"nps": 6.0, "satisfaction": 6.0})
    needs_all: bool = True

    def __post_init__(self) -> None:
        if not self.at_most:
            raise ValueError("at_most: needs at least one scale")


@dataclass(frozen=True)
class WorkCalendar:
    """When the clock of a case runs.

    Attributes:
        weekdays: 0 is Monday.
        opens: of each working day, with `closes` in local time; midnight as `closes` is the end of the day.
        national: public holidays of that country (`IT`, or empty: none).
        closed: further days off (the patron saint, a strike).
        open_anyway: days that are worked although they would be off.
    """

    zone: str = "Europe/Rome"
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    opens: time = time(0, 0)
    closes: time = time(0, 0)
    national: str = "IT"
    closed: frozenset[date] = frozenset()
    open_anyway: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("weekdays: needs some of 0 (Monday) to 6 (Sunday)")
        if self.national not in ("", "IT"):
            raise ValueError(f"national: only 'IT' or nothing is known, got '{self.national}'")
        if self.closes != time(0, 0) and self.closes <= self.opens:
            raise ValueError(f"closes: must lie after opens, got {self.opens:%H:%M} to {self.closes:%H:%M}")

    @property
    def day_h(self) -> float:
        """Working hours of an ordinary day."""
        begin, end = ((at.hour * 60 + at.minute) / 60 for at in (self.opens, self.closes))
        return (end or 24.0) - begin


CAUSES = (
    Cause("courtesy", Text("Cortesia o tono", "Courtesy or tone"), Side.AGENT),
    Cause("listening", Text("Non ascoltato, domande ripetute", "Not listened to, asked the same again"), Side.AGENT),
    Cause("wrong_information", Text("Informazione sbagliata", "Wrong information"), Side.AGENT),
    Cause("not_solved", Text("Problema non capito o non risolto", "Problem not understood or solved"), Side.AGENT),
    Cause("promise", Text("Promessa non mantenuta", "Promise not kept"), Side.AGENT),
    Cause("waiting", Text("Attesa o risponditore", "Waiting or IVR"), Side.PROCESS),
    Cause("transfers", Text("Passaggi da un operatore all'altro", "Passed from agent to agent"), Side.PROCESS),
    Cause("repeat_contact", Text("Ha dovuto richiamare", "Had to call again"), Side.PROCESS),
    Cause("procedure", Text("Procedura o documenti", "Procedure or paperwork"), Side.PROCESS),
    Cause("late_follow_up", Text("Pratica in ritardo", "Request overdue"), Side.PROCESS),
    Cause("billing", Text("Fattura o addebito", "Bill or charge"), Side.PRODUCT),
    Cause("price", Text("Prezzo", "Price"), Side.PRODUCT),
    Cause("fault", Text("Guasto o qualità del servizio", "Fault or quality of the service"), Side.PRODUCT),
    Cause("terms", Text("Condizioni del contratto", "Terms of the contract"), Side.PRODUCT),
    Cause("other_agent", Text("Altro, operatore", "Other, agent"), Side.AGENT),
    Cause("other_process", Text("Altro, processo", "Other, process"), Side.PROCESS),
    Cause("other_product", Text("Altro, prodotto", "Other, product"), Side.PRODUCT),
)
"""Where the site names none."""

REMEDIES = (
    Remedy("apology", Text("Scuse e spiegazione", "Apology and explanation")),
    Remedy("correction", Text("Correzione, confermata per iscritto", "Correction, confirmed in writing")),
    Remedy("expert", Text("Richiamata di un esperto", "Call-back by an expert"), Severity.MEDIUM),
    Remedy("priority", Text("Appuntamento con precedenza", "Appointment with priority"), Severity.MEDIUM),
    Remedy("credit_20", Text("Accredito fino a 20 €", "Credit up to €20"), Severity.MEDIUM, Value.LOW),
    Remedy("supervisor", Text("Telefonata del responsabile", "Call by the manager"), Severity.HIGH),
    Remedy("credit_50", Text("Accredito fino a 50 €", "Credit up to €50"), Severity.HIGH, Value.MEDIUM),
    Remedy("gesture", Text("Gesto su misura, deciso dal responsabile", "Gesture decided by the manager"),
           Severity.HIGH, Value.HIGH),
)  # fmt: skip
"""Service recovery where the site has no table of its own: amounts are to be set by the site."""


@dataclass(frozen=True)
class CasePlan:
    """A site's rules about detractor cases; the defaults serve where it gives none.

    Attributes:
        attempt_h: until the first attempt, in hours of the calendar.
        close_h: until the case is closed, likewise.
        attempts_before_giving_up: so many failed attempts before a case may end as unreachable.
        value_column: column of `contacts.csv` that says what the customer is worth.
        values: what that column may hold, in small letters.
    """

    rule: CaseRule = field(default_factory=CaseRule)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    attempt_h: float = 24.0
    close_h: float = 48.0
    attempts_before_giving_up: int = 3
    causes: tuple[Cause, ...] = CAUSES
    remedies: tuple[Remedy, ...] = REMEDIES
    value_column: str = "customer_value"
    values: Mapping[str, Value] = field(
        default_factory=lambda: {
            "alto": Value.HIGH, "high": Value.HIGH, "a": Value.HIGH, "gold": Value.HIGH,
            "medio": Value.MEDIUM, "medium": Value.MEDIUM, "b": Value.MEDIUM, "silver": Value.MEDIUM,
            "basso": Value.LOW, "low": Value.LOW, "c": Value.LOW, "bronze": Value.LOW,
        }
    )  # fmt: skip

    def __post_init__(self) -> None:
        if not 0 < self.attempt_h <= self.close_h:
            raise ValueError("attempt_h: must lie above 0 and not above close_h")
        if self.attempts_before_giving_up < 1:
            raise ValueError("attempts_before_giving_up: must be at least 1")
        for name in ("causes", "remedies"):
            ids = [item.id for item in getattr(self, name)]
            if not ids or len(ids) != len(set(ids)):
                raise ValueError(f"{name}: needs at least one, each id once")

    def cause_title(self, cause_id: str) -> Text | None:
        """Title of a cause; `None` where the plan has it no longer."""
        return {cause.id: cause.title for cause in self.causes}.get(cause_id)

    def remedy_title(self, remedy_id: str) -> Text | None:
        """Title of a remedy; likewise."""
        return {remedy.id: remedy.title for remedy in self.remedies}.get(remedy_id)

    def offered(self, severity: Severity, value: Value) -> tuple[Remedy, ...]:
        """What the table offers to such a case."""
        return tuple(remedy for remedy in self.remedies if remedy.is_offered(severity, value))
