"""Are the voices that were told apart also given the right roles?"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.diarise_sets import Call
from qm.analysis.assign_roles import assign_roles
from qm.analysis.assign_speakers import assign_speakers
from qm.domain.contact import Agent, Contact, Medium
from qm.domain.recognition import Voice
from qm.domain.transcript import Role, Word

TRUE_ROLES = {"agent": Role.AGENT, "caller": Role.CUSTOMER}
"""Names of speakers in the truth that are roles; other sets don't tell."""
STRANGER = Contact("bench", Medium.VOICE, datetime(2026, 1, 1, tzinfo=UTC), Agent("", "", ""))
"""Nothing but what is said may help."""


def roles_given(call: Call, words: Sequence[Word], voices: Sequence[Voice]) -> str:
    """`right`, `unknown` (any voice's role is) or `wrong`; empty where the truth tells no roles or there are no words.

    A voice's true role is that of whoever says most of the true words that fall to it.
    """
    if not words or not set(call.speakers) <= set(TRUE_ROLES):
        return ""
    said_by = assign_speakers(words, voices)
    names = sorted(set(said_by))
    parties = [tuple(w for w, by in zip(words, said_by, strict=True) if by == name) for name in names]
    given = assign_roles(STRANGER, parties, call.language, are_voices=True).roles
    if any(role is Role.UNKNOWN for role in given):
        return "unknown"
    truly = [_true_role(name, call, assign_speakers(call.words, voices)) for name in names]
    return "right" if list(given) == truly else "wrong"


def _true_role(voice: str, call: Call, said_by: Sequence[str]) -> Role:
    who = Counter(true for true, by in zip(call.speakers, said_by, strict=True) if by == voice)
    return TRUE_ROLES[who.most_common(1)[0][0]] if who else Role.UNKNOWN
