"""The criteria that the example day states the truth for, and the check that a dialogue states it completely.

Whether a criterion applies is decided first, partly from contact data alone (medium, direction, process). That part
can be checked here, so that a slip of the pen in a dialogue is found before any audio is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ANSWERS = frozenset({"met", "not_met", "not_applicable", "cannot_tell"})


@dataclass(frozen=True)
class Scope:
    """The contacts that a criterion is for, as far as contact data tell; an empty set or direction stands for all."""

    media: frozenset[str] = frozenset()
    direction: str = ""
    processes: frozenset[str] = frozenset()

    def has(self, medium: str, direction: str, process: str) -> bool:
        """Whether a contact with these data may be judged by the criterion."""
        return (
            (not self.media or medium in self.media)
            and self.direction in ("", direction)
            and (not self.processes or process in self.processes)
        )


_VOICE, _CHAT, _MAIL = frozenset({"voice"}), frozenset({"chat"}), frozenset({"email"})
_SALE, _DEBT, _COMPLAINT, _FAULT, _CALL_BACK = (
    frozenset({process}) for process in ("vendita", "sollecito", "reclami", "guasti", "richiamo-detrattori")
)
_DESK = frozenset({"fatturazione", "autolettura", "disdetta"})
_IDENTIFIED = Scope(direction="in", processes=_DESK | _FAULT | _COMPLAINT)
_APOLOGY = Scope(processes=_DESK | _SALE | _FAULT | _COMPLAINT)
_NEXT_STEP = Scope(processes=_DESK - {"autolettura"} | _FAULT | _COMPLAINT)

_SERVICE = {
    "sc-greeting": Scope(),
    "sc-introduction": Scope(),
    "sc-offer-help": Scope(direction="in"),
    "sc-identification": _IDENTIFIED,
    "sc-identification-first": _IDENTIFIED,
    "sc-interruptions": Scope(_VOICE),
    "sc-silence": Scope(_VOICE),
    "sc-hold-announced": Scope(_VOICE),
    "sc-hold-thanks": Scope(_VOICE),
    "sc-apology": _APOLOGY,
    "sc-courtesy": Scope(),
    "sc-dismissive": Scope(),
    "sc-promise": Scope(),
    "sc-next-step": _NEXT_STEP,
    "sc-recap": Scope(),
    "sc-anything-else": Scope(direction="in"),
    "sc-goodbye": Scope(),
}
_COMPLIANCE = {
    "co-recording-notice": Scope(_VOICE),
    "co-operator-identity": Scope(_VOICE),
    "co-country": Scope(_VOICE),
    "co-eu-transfer": Scope(_VOICE),
    "co-sale-purpose": Scope(direction="out", processes=_SALE),
    "co-sale-price-duration": Scope(direction="out", processes=_SALE),
    "co-sale-durable": Scope(direction="out", processes=_SALE),
    "co-sale-withdrawal": Scope(direction="out", processes=_SALE),
    "co-sale-pressure": Scope(direction="out", processes=_SALE),
    "co-debt-threat": Scope(processes=_DEBT),
    "co-debt-third-party": Scope(processes=_DEBT),
}
_COMPLAINTS = dict.fromkeys(
    (
        "re-acknowledge",
        "re-own-words",
        "re-facts",
        "re-thanks",
        "re-apology",
        "re-blame",
        "re-discourage",
        "re-reference",
        "re-deadline",
        "re-answer-channel",
        "re-adr",
    ),
    Scope(processes=_COMPLAINT),
)
_CALL_BACKS = {
    "rd-purpose": Scope(direction="out", processes=_CALL_BACK),
    "rd-time": Scope(direction="out", processes=_CALL_BACK),
    "rd-reason": Scope(direction="out", processes=_CALL_BACK),
    "rd-lets-talk": Scope(_VOICE, "out", _CALL_BACK),
    "rd-apology": Scope(direction="out", processes=_CALL_BACK),
    "rd-solved": Scope(direction="out", processes=_CALL_BACK),
    "rd-remedy": Scope(direction="out", processes=_CALL_BACK),
    "rd-when": Scope(direction="out", processes=_CALL_BACK),
    "rd-press": Scope(direction="out", processes=_CALL_BACK),
    "rd-thanks": Scope(direction="out", processes=_CALL_BACK),
}
_TECHNICAL = dict.fromkeys(
    (
        "at-device",
        "at-since",
        "at-tried",
        "at-step-check",
        "at-jargon",
        "at-test-announced",
        "at-safety",
        "at-ticket",
        "at-repair-time",
        "at-works",
    ),
    Scope(processes=_FAULT),
)
_SALES = dict.fromkeys(
    (
        "vt-good-time",
        "vt-number-origin",
        "vt-objection",
        "vt-register",
        "vt-false-supplier",
        "vt-refusal",
        "vt-needs",
        "vt-total-price",
        "vt-other-costs",
        "vt-withdrawal-how",
        "vt-contact-details",
        "vt-recording-consent",
        "vt-acceptance",
        "vt-unrequested",
    ),
    Scope(direction="out", processes=_SALE),
)
_REMINDERS = dict.fromkeys(
    (
        "so-creditor",
        "so-who-answers",
        "so-amount",
        "so-which-bill",
        "so-respect",
        "so-false-authority",
        "so-plan",
        "so-how-to-pay",
        "so-when",
        "so-disputed",
        "so-complaint",
    ),
    Scope(processes=_DEBT),
)
_WRITTEN = {
    "ch-first-response": Scope(_CHAT),
    "ch-longest-response": Scope(_CHAT),
    "ch-median-response": Scope(_CHAT),
    "ch-mail-response": Scope(_MAIL),
    "ch-wait-told": Scope(_CHAT),
    "ch-canned": Scope(_CHAT | _MAIL),
    "ch-register": Scope(_CHAT | _MAIL),
    "ch-shorthand": Scope(_CHAT | _MAIL),
    "ch-reproach": Scope(_CHAT | _MAIL),
    "ch-jargon": Scope(_CHAT | _MAIL),
    "ch-link": Scope(_CHAT | _MAIL),
    "ch-secrets": Scope(_CHAT | _MAIL),
    "ch-bot-honest": Scope(_CHAT),
    "ch-handover": Scope(_CHAT),
    "ch-idle": Scope(_CHAT),
}

PACKS: dict[str, dict[str, Scope]] = {
    "servizio-clienti": _SERVICE,
    "conformita-it": _COMPLIANCE,
    "reclami": _COMPLAINTS,
    "richiamo-detrattori": _CALL_BACKS,
    "assistenza-tecnica": _TECHNICAL,
    "vendita-telefonica": _SALES,
    "solleciti": _REMINDERS,
    "chat": _WRITTEN,
}
_SCOPES = {criterion: scope for criteria in PACKS.values() for criterion, scope in criteria.items()}
CRITERIA: tuple[str, ...] = tuple(_SCOPES)

_NO_SPEAKER_NEEDED = frozenset({"sc-silence"})


def is_ruled_out(criterion: str, medium: str, direction: str, process: str) -> bool:
    """Whether contact data alone make a criterion not applicable.

    Args:
        criterion: Id of the criterion.
        medium: ``voice`` or ``chat``.
        direction: ``in`` or ``out``.
        process: The business process of the contact.
    """
    return not _SCOPES[criterion].has(medium, direction, process)


def find_truth_faults(truth: Mapping[str, str], medium: str, direction: str, process: str, is_mono: bool) -> list[str]:
    """Every fault in the truth of one dialogue, as text; an empty list when it is complete and coherent."""
    faults = [f"truth lacks {criterion}" for criterion in CRITERIA if criterion not in truth]
    faults += [f"truth names an unknown criterion {criterion}" for criterion in truth if criterion not in CRITERIA]
    for criterion in CRITERIA:
        answer = truth.get(criterion, "not_applicable")
        if answer not in ANSWERS:
            faults.append(f"{criterion}: {answer!r} is no answer")
        elif is_ruled_out(criterion, medium, direction, process):
            if answer != "not_applicable" and criterion in truth:
                faults.append(f"{criterion}: contact data rule it out, but the truth says {answer}")
        elif is_mono and criterion not in _NO_SPEAKER_NEEDED and answer in {"met", "not_met"}:
            faults.append(f"{criterion}: {answer} cannot be told on a mono recording")
    return faults


def find_told_apart_faults(truth: Mapping[str, str], told_apart: Mapping[str, str]) -> list[str]:
    """Faults in the answers that hold where a diariser tells the voices of a mono recording apart.

    They are given for just those criteria that one channel leaves open: another one has nothing to gain.
    """
    open_ones = {criterion for criterion, answer in truth.items() if answer == "cannot_tell"}
    faults = [f"told_apart lacks {criterion}" for criterion in CRITERIA if criterion in open_ones - told_apart.keys()]
    for criterion, answer in told_apart.items():
        if criterion not in open_ones:
            faults.append(f"told_apart names {criterion}, which one channel leaves no doubt of")
        elif answer not in ANSWERS - {"cannot_tell"}:
            faults.append(f"told_apart: {criterion}: {answer!r} is no answer of voices told apart")
    return faults
