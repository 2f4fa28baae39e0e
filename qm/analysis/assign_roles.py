"""Which channel is the agent: told by the site, else by what is said at the start."""

from collections.abc import Sequence
from dataclasses import dataclass

from qm.analysis.compile_phrases import is_name
from qm.analysis.match_text import PhraseSet, Token, tokens_of
from qm.analysis.normalise_text import normalise
from qm.domain.contact import Contact
from qm.domain.text import Language
from qm.domain.transcript import Role, Turn, Word
from qm.units import Seconds

START_S: Seconds = 60.0
"""Cues count in the first minute: that is where parties introduce themselves."""
LEAST_LEAD = 2.0
"""Cue points by which one channel must lead; less leaves the roles unknown."""
_AGENT_CUES = {
    "it": PhraseSet(
        [
            "(come|in cosa|in che modo) [le] (posso|possiamo) (aiutar*|esser*|servir*)", "la chiamata ... registrat*",
            "per conto di", "servizio clienti", "mi (conferma|da|dice|dia|dica) ... (codice|nome|data)",
            "chiamo (da|dal|dalla|per)", "rispondo (dall|da|dal|dalla)", "sono ... di",
        ],
        Language.ITALIAN,
    ),
    "en": PhraseSet(
        [
            "how (can|may) i help", "call (is|may be|is being) recorded", "thank you for calling", "on behalf of",
            "can i (have|take) your", "customer service", "my name is", "speaking how",
        ],
        Language.ENGLISH,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class RoleGuess:
    """Role of each channel, and why."""

    roles: tuple[Role, ...]
    source: str


def assign_roles(contact: Contact, channels: Sequence[Sequence[Word]], language: str) -> RoleGuess:
    """Roles of the channels of one recording.

    One channel holds both parties: unknown. Of two, the site's `agent_channel` decides; where it isn't given, cue
    phrases and the agent's name in the first minute do, if one channel clearly leads.
    """
    if len(channels) != 2:
        return RoleGuess(tuple(Role.UNKNOWN for _ in channels), "one_channel")
    if contact.agent_channel is not None:
        return RoleGuess(_with_agent(contact.agent_channel), "given")
    points = [_cue_points(contact, words, language) for words in channels]
    if abs(points[0] - points[1]) < LEAST_LEAD:
        return RoleGuess((Role.UNKNOWN, Role.UNKNOWN), "no_cues")
    return RoleGuess(_with_agent(0 if points[0] > points[1] else 1), "said")


def _with_agent(channel: int) -> tuple[Role, Role]:
    return (Role.AGENT, Role.CUSTOMER) if channel == 0 else (Role.CUSTOMER, Role.AGENT)


def _cue_points(contact: Contact, words: Sequence[Word], language: str) -> float:
    early = tuple(word for word in words if word.start_s <= START_S)
    if not early or language not in _AGENT_CUES:
        return 0.0
    text = " ".join(word.text for word in early)
    turn = Turn("t1", Role.UNKNOWN, "ch", early[0].start_s, early[-1].end_s, text, 1.0, early)
    stream: tuple[Token, ...] = tokens_of((turn,), (0,))
    hits = {hit.phrase for hit in _AGENT_CUES[language].find(stream)}
    own_names = set(normalise(contact.agent.name))
    return len(hits) + 2.0 * any(is_name(token.text, own_names) for token in stream)
