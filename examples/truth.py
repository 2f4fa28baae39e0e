"""The criteria that the example day states the truth for, and the check that a dialogue states it completely.

Whether a criterion applies is decided first, partly from contact data alone (medium, direction, process). That part
can be checked here, so that a slip of the pen in a dialogue is found before any audio is made.
"""

from __future__ import annotations

from collections.abc import Mapping

ANSWERS = frozenset({"met", "not_met", "not_applicable", "cannot_tell"})

_VOICE_ONLY = frozenset(
    [
        "sc-interruptions",
        "sc-silence",
        "sc-hold-announced",
        "sc-hold-thanks",
        "co-recording-notice",
        "co-operator-identity",
        "co-country",
        "co-eu-transfer",
    ]
)
_INBOUND_ONLY = frozenset(["sc-offer-help", "sc-identification", "sc-identification-first", "sc-anything-else"])
_PROCESSES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("sc-identification", "sc-identification-first"),
        frozenset(["fatturazione", "autolettura", "disdetta", "guasti", "reclami"]),
    ),
    "sc-apology": frozenset(["fatturazione", "autolettura", "vendita", "reclami", "disdetta", "guasti"]),
    "sc-next-step": frozenset(["fatturazione", "reclami", "disdetta", "guasti"]),
    **dict.fromkeys(
        (
            "co-sale-purpose",
            "co-sale-price-duration",
            "co-sale-durable",
            "co-sale-withdrawal",
            "co-sale-pressure",
        ),
        frozenset({"vendita"}),
    ),
    **dict.fromkeys(("co-debt-threat", "co-debt-third-party"), frozenset({"sollecito"})),
}

CRITERIA: tuple[str, ...] = (
    "sc-greeting",
    "sc-introduction",
    "sc-offer-help",
    "sc-identification",
    "sc-identification-first",
    "sc-interruptions",
    "sc-silence",
    "sc-hold-announced",
    "sc-hold-thanks",
    "sc-apology",
    "sc-courtesy",
    "sc-dismissive",
    "sc-promise",
    "sc-next-step",
    "sc-recap",
    "sc-anything-else",
    "sc-goodbye",
    "co-recording-notice",
    "co-operator-identity",
    "co-country",
    "co-eu-transfer",
    "co-sale-purpose",
    "co-sale-price-duration",
    "co-sale-durable",
    "co-sale-withdrawal",
    "co-sale-pressure",
    "co-debt-threat",
    "co-debt-third-party",
)

_NO_SPEAKER_NEEDED = frozenset({"sc-silence"})


def is_ruled_out(criterion: str, medium: str, direction: str, process: str) -> bool:
    """Whether contact data alone make a criterion not applicable.

    Args:
        criterion: Id of the criterion.
        medium: ``voice`` or ``chat``.
        direction: ``in`` or ``out``.
        process: The business process of the contact.
    """
    if criterion in _VOICE_ONLY and medium != "voice":
        return True
    if criterion in _INBOUND_ONLY and direction != "in":
        return True
    if criterion.startswith("co-sale-") and direction != "out":
        return True
    return criterion in _PROCESSES and process not in _PROCESSES[criterion]


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
