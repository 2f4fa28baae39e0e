"""Measure a written contact from its messages: how long the customer waits, and how much the agent repeats themselves.

Definitions stand in `docs/signals.md`. A measure that can't be taken is `None`, never 0.
"""

from collections import deque
from collections.abc import Sequence
from statistics import median

from rapidfuzz import fuzz, process

from qm.analysis.normalise_text import normalise
from qm.domain.transcript import Role, Transcript, Turn
from qm.units import Seconds, Share

CHAT_MEASURES = ("first_response_s", "response_median_s", "response_longest_s", "canned_share")
"""Names that rules may use in `measure:`, of chats and e-mails only."""
CANNED_WORDS = 5
"""Shorter messages (« va bene, grazie ») are alike by nature and say nothing of canned answers."""
CANNED_LIKENESS: Share = 0.9
"""Share of letters in common from which one message is nearly the other: a name or an amount may differ."""
CANNED_REACH = 200
"""Messages looked back at for one that is nearly the same; one that is quite the same is found at any distance."""
CANNED_LEAST = 2
"""With fewer messages nothing could have been repeated."""


def measure_chat(transcript: Transcript) -> dict[str, float | None]:
    """The measures of a chat or an e-mail exchange; all `None` for a call and where a role isn't known."""
    nothing: dict[str, float | None] = dict.fromkeys(CHAT_MEASURES)
    if transcript.recording is not None or not transcript.has_known_roles:
        return nothing
    waits = find_waits(transcript.turns)
    if waits:
        nothing |= {
            "first_response_s": round(waits[0], 3),
            "response_median_s": round(median(waits), 3),
            "response_longest_s": round(max(waits), 3),
        }
    return nothing | {"canned_share": canned_share(transcript.turns)}


def find_waits(turns: Sequence[Turn]) -> tuple[Seconds, ...]:
    """How long the customer waited for each message of the agent that answers one of theirs, in order.

    Counted from the first message of the customer's last run: what a bot answered before that isn't waited for any
    more, and a bot's message (« la metto in contatto con un operatore ») ends no wait. Empty where the agent answers
    nothing.

    >>> at = lambda role, second: Turn("t", role, role, second, second, "x", 1.0)
    >>> find_waits([at(Role.CUSTOMER, 0.0), at(Role.CUSTOMER, 20.0), at(Role.AGENT, 50.0), at(Role.AGENT, 90.0)])
    (50.0,)
    """
    waits: list[Seconds] = []
    since: Seconds | None = None
    before: Role | None = None
    for turn in sorted(turns, key=lambda turn: turn.start_s):
        if turn.role is Role.CUSTOMER and before is not Role.CUSTOMER:
            since = turn.start_s
        elif turn.role is Role.AGENT and since is not None:
            waits.append(turn.start_s - since)
            since = None
        before = turn.role
    return tuple(waits)


def canned_share(turns: Sequence[Turn]) -> Share | None:
    """Share of the agent's messages of `CANNED_WORDS` words or more that nearly repeat an earlier one of theirs.

    Alike by the normalised indel similarity of their normalised words, `1 - (insertions + deletions) / (letters of
    both)`; `None` with fewer than `CANNED_LEAST` such messages.
    """
    earlier: deque[str] = deque(maxlen=CANNED_REACH)
    seen: set[str] = set()
    repeated = count = 0
    for words in (normalise(turn.text) for turn in turns if turn.role is Role.AGENT):
        if len(words) < CANNED_WORDS:
            continue
        count += 1
        text = " ".join(words)
        if text in seen or _is_like(text, earlier):
            repeated += 1
        if text not in seen:
            seen.add(text)
            earlier.append(text)
    return round(repeated / count, 4) if count >= CANNED_LEAST else None


def _is_like(text: str, earlier: Sequence[str]) -> bool:
    return process.extractOne(text, earlier, scorer=fuzz.ratio, score_cutoff=100 * CANNED_LIKENESS) is not None
