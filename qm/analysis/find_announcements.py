"""Recorded voices: queue messages, menus, mailboxes, on a channel of their own or before the agent on the agent's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qm.analysis.match_text import Token, tokens_of
from qm.analysis.role_cues import FAMILIES, CueFamily
from qm.domain.transcript import Role, Turn, Word
from qm.units import Seconds

Announcement: TypeAlias = tuple[int, Seconds, Seconds]
"""Party, start and end."""

SENTENCE_PAUSE_S: Seconds = 0.7
"""Ends a sentence where the recogniser wrote no full stop."""
REOPENS_S: Seconds = 2.0
"""Least pause between a recording without telling phrases and the person who answers on the same channel."""
ANSWER_WORDS = 4
"""Words of another party in a row from which somebody is talking with the voice, so that it is no recording."""
LONGEST_GAP_S: Seconds = 60.0
"""Music between two parts of one recorded message; a longer gap makes them two."""

TELLING = CueFamily(
    "telling", 0.0,
    """operatori ... (occupati|impegnati)
       (premere|premi|prema|digiti|digitare|digita|selezioni) [il] [tasto] (#|uno|zero|cancelletto|asterisco)
       [il] primo operatore (disponibile|libero)
       rispondera (il|un) ...1 operatore
       (preghiamo|prega|pregati) di (attendere|rimanere|restare|richiamare|non riagganciare)
       (perdere|mantenere) la priorita
       (sua|vostra) (chiamata|telefonata) e [molto] importante
       tempo ...2 attesa (stimato|previsto)
       messaggio (gratuito|preregistrato|registrato)
       (cliente|utente|numero) ...2 (chiamato|selezionato|composto) ...3 (non|inesistente|raggiungibile)
       segreteria telefonica
       (lasciare|lasciate|lasci) un messaggio
       segnale acustico
       (menu principale|posizione in coda)
       assistente (virtuale|digitale|automatico)""",
    """your call is [very] important to us
       (agents|operators|representatives|advisors|advisers|lines) are ...2 (busy|assisting|helping|serving|engaged)
       press (#|one|zero|pound|star|hash)
       next available (agent|operator|representative|advisor|adviser|team)
       (stay|remain) on the line
       (estimated|approximate|current) wait
       you are [currently] number #
       (after|at) the (tone|beep)
       leave (a|your) message
       (number|person|party|subscriber|customer) you (have|are|re|ve) (dialled|dialed|called|calling|trying)
       (main menu|menu options|following options)
       position in the queue
       (quality and training|training and quality|quality assurance|training purposes)
       (virtual|automated|digital) assistant
       office is (currently|now) closed""",
)  # fmt: skip
"""Recorded voices say these and people at the telephone hardly ever do."""

LIKELY = CueFamily(
    "likely", 0.0,
    """(chiamata|telefonata|conversazione) ... registrat*
       benvenut* (in|nel|nella|al|alla)
       (rimanere|attendere|resti|restate|restare) in linea
       per (informazioni|assistenza|parlare con|migliorare il servizio|motivi di qualita)
       gentile cliente
       grazie per aver (chiamato|contattato)
       trattamento dei dati
       (informativa|privacy)""",
    """(call|calls) (may be|will be|is being|are) (recorded|monitored)
       thank you for (calling|holding|waiting)
       welcome to
       please (hold|wait)
       for (sales|billing|support|technical|english|customer)
       (apologise|apologize) for the (delay|wait)
       (privacy policy|privacy notice|data protection|your personal data)""",
)  # fmt: skip
"""Recorded voices and agents say these alike."""

PERSONAL = CueFamily(
    "personal", 0.0,
    """(sono|mi chiamo|parla con|risponde) @agent
       mi chiamo""",
    """(my name is|this is|you are speaking with|speaking with) @agent
       my name is""",
)  # fmt: skip
"""A person says who they are."""

GREETING = CueFamily(
    "greeting", 0.0,
    """(buongiorno|buonasera|salve|ciao)
       buon (giorno|pomeriggio)
       buona sera""",
    """good (morning|afternoon|evening)
       (hello|hi) [there] [and|this|you]""",
)  # fmt: skip
"""Opens the talk; after a recording and a pause it tells that a person has come."""
GREETING_WORDS = 3
"""A bare *hello?* after a pause asks whether anybody is there."""


@dataclass(frozen=True)
class _Sentence:
    start_s: Seconds
    end_s: Seconds
    telling: int
    likely: int
    is_personal: bool
    greets: bool


def find_announcements(
    parties: Sequence[Sequence[Word]], language: str, names: frozenset[str] = frozenset()
) -> tuple[Announcement, ...]:
    """Stretches that a recorded voice speaks, by party and time.

    Before anybody has answered one telling phrase is enough, later two different ones are needed: agents quote them.
    Phrases that agents say too count only at the start, two of them, where the channel opens a second time after a
    pause, with a greeting or a name: that is the person. A sentence with an offer of help or a name ends the recording.

    Args:
        names: the agent's, normalised.
    """
    found = []
    for party, words in enumerate(parties):
        others = [word.start_s for other, own in enumerate(parties) if other != party for word in own]
        for block in _blocks(_sentences(words, language, names), others):
            span = _recorded(block, is_start=_answers(others, 0.0, block[0].start_s) < ANSWER_WORDS)
            if span:
                found.append((party, *span))
    return tuple(found)


def _sentences(words: Sequence[Word], language: str, names: frozenset[str]) -> list[_Sentence]:
    parts: list[list[Word]] = []
    for word in words:
        last = parts[-1][-1] if parts else None
        if last and word.start_s - last.end_s <= SENTENCE_PAUSE_S and last.text.rstrip()[-1:] not in ".?!":
            parts[-1].append(word)
        else:
            parts.append([word])
    return [_sentence(part, language, names) for part in parts]


def _sentence(words: Sequence[Word], language: str, names: frozenset[str]) -> _Sentence:
    stream = stream_of(words)
    telling = _count(TELLING, stream, language, names)
    offers = any(_count(family, stream, language, names) for family in (FAMILIES[0], PERSONAL))
    likely = _count(LIKELY, stream, language, names)
    greets = len(words) >= GREETING_WORDS and any(
        hit.first == 0 for hit in GREETING.phrases(language).find(stream, names)
    )
    return _Sentence(words[0].start_s, words[-1].end_s, telling, likely, offers and not telling, greets)


def stream_of(words: Sequence[Word]) -> tuple[Token, ...]:
    """Words of one party as a stream to look for phrases in; empty for none."""
    if not words:
        return ()
    text = " ".join(word.text for word in words)
    end_s = max(word.end_s for word in words)
    return tokens_of((Turn("t1", Role.UNKNOWN, "", words[0].start_s, end_s, text, 1.0, tuple(words)),), (0,))


def _count(family: CueFamily, stream: Sequence[Token], language: str, names: frozenset[str]) -> int:
    """Different phrases of the family."""
    return len({hit.phrase for hit in family.phrases(language).find(stream, names)})


def _answers(others: Sequence[Seconds], start_s: Seconds, end_s: Seconds) -> int:
    return sum(start_s <= at < end_s for at in others)


def _blocks(sentences: Sequence[_Sentence], others: Sequence[Seconds]) -> list[list[_Sentence]]:
    """Runs of sentences in which nobody answers and nobody offers help; a personal sentence closes its run."""
    blocks: list[list[_Sentence]] = []
    for sentence in sentences:
        last = blocks[-1][-1] if blocks else None
        goes_on = (
            last is not None
            and not last.is_personal
            and sentence.start_s - last.end_s <= LONGEST_GAP_S
            and _answers(others, last.end_s, sentence.start_s) < ANSWER_WORDS
        )
        if goes_on:
            blocks[-1].append(sentence)
        else:
            blocks.append([sentence])
    return blocks


def _recorded(block: Sequence[_Sentence], *, is_start: bool) -> tuple[Seconds, Seconds] | None:
    """Span of the recorded part of a block, or `None`."""
    plain = [sentence for sentence in block if not sentence.is_personal]
    told = [sentence for sentence in plain if sentence.telling]
    if told and (is_start or sum(sentence.telling for sentence in told) > 1):
        parts = [sentence for sentence in plain if sentence.telling or sentence.likely]
        first = plain[0] if is_start else parts[0]
        return first.start_s, parts[-1].end_s
    return _reopened(block) if is_start else None


def _reopened(block: Sequence[_Sentence]) -> tuple[Seconds, Seconds] | None:
    """The part before a pause, where two likely phrases lie in it and a person opens after it."""
    likely = 0
    for at, sentence in enumerate(block[:-1]):
        likely += sentence.likely
        if sentence.is_personal:
            return None
        after = block[at + 1]
        if likely > 1 and after.start_s - sentence.end_s >= REOPENS_S and (after.is_personal or after.greets):
            return block[0].start_s, sentence.end_s
    return None
