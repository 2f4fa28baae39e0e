"""Read a transcript/1 document from a file, as far as it can be scored."""

from itertools import pairwise
from pathlib import Path

from qm.documents import dump, load
from qm.domain.transcript import SCHEMA, Transcript
from qm.errors import InputError

HINT = "give a document as `qm transcribe FILE --json` prints it"


def read_transcript(path: Path) -> Transcript:
    """The transcript in a file.

    Raises:
        InputError: the file can't be read, isn't JSON, is a document of another kind or version, or its turns aren't
            in order with ids of their own.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError("file.unreadable", f"{path}: {error.strerror}", "give a transcript") from error
    transcript = load(Transcript, content, str(path))
    wrong = _wrong(transcript)
    if wrong:
        raise InputError("document.invalid", f"{path}: {wrong}", HINT)
    return transcript


def _wrong(transcript: Transcript) -> str:
    """What hinders scoring; empty where nothing does."""
    turns = transcript.turns
    shares = [transcript.language_confidence, *(turn.confidence for turn in turns)]
    found = {
        f"schema is '{transcript.schema}', not '{SCHEMA}'": transcript.schema != SCHEMA,
        "turns: two of them have the same id": len({turn.id for turn in turns}) < len(turns),
        "turns: one ends before it starts": any(turn.end_s < turn.start_s for turn in turns),
        "turns: not in order of start": any(later.start_s < earlier.start_s for earlier, later in pairwise(turns)),
        "confidence: must lie in 0..1": not all(0 <= share <= 1 for share in shares),
    }
    return next((told for told, is_wrong in found.items() if is_wrong), "") or _not_finite(transcript)


def _not_finite(transcript: Transcript) -> str:
    try:
        dump(transcript)
    except ValueError as error:
        return str(error)
    return ""
