"""Read the vocabulary: a CSV file of names and products, and where to expect them."""

from itertools import product
from pathlib import Path

from pipelines.files.table_file import read_table
from qm.domain.vocabulary import Term, Vocabulary
from qm.errors import DayFolderError, SettingsError

LONGEST = 60
"""Characters of one term; a sentence would be repeated by the recogniser rather than recognised."""
MOST_TERMS = 50
"""In any one process and queue: more of them make a recogniser hear what isn't said."""
MOST_CHARACTERS = 450
"""Of those terms with their commas: a recogniser's prompt holds 223 tokens and drops what comes after them without a
word; rare names take one for 2.3 characters."""
HINT = "columns: term, and where wanted language, process, queue"


def read_vocabulary(path: Path) -> Vocabulary:
    """The terms of the file.

    Raises:
        SettingsError: `settings.vocabulary`; the file can't be read, or rows of it can't be used (all are named).
    """
    try:
        rows, faults = read_table(path, path.name, ("term",))
    except DayFolderError as error:
        raise SettingsError("settings.vocabulary", f"QM_VOCABULARY: {error.message}", HINT) from error
    wrong = [str(fault) for fault in faults]
    terms = []
    for row in rows:
        text, language = row.text("term"), row.text("language")
        if not 1 <= len(text) <= LONGEST or "," in text or not text.isprintable():
            wrong.append(f"{path.name}:{row.line}: term: 1 to {LONGEST} characters without a comma are needed")
        elif language not in {"", "it", "en"}:
            wrong.append(f"{path.name}:{row.line}: language: '{language}' is neither it nor en nor empty")
        else:
            terms.append(Term(text, language, row.text("process"), row.text("queue")))
    wrong += _crowded(terms)
    if wrong:
        raise SettingsError("settings.vocabulary", "QM_VOCABULARY: " + "; ".join(wrong), HINT)
    return Vocabulary(tuple(terms))


def _crowded(terms: list[Term]) -> list[str]:
    """Places that expect too much; a contact may be of any process in any queue."""
    found = []
    for process, queue in product(sorted({t.process for t in terms}), sorted({t.queue for t in terms})):
        texts = {term.text for term in terms if term.is_expected_at(process, queue)}
        place = f"process '{process}', queue '{queue}'"
        if len(texts) > MOST_TERMS:
            found.append(f"{len(texts)} terms for {place}; at most {MOST_TERMS} are possible")
        elif (length := len(", ".join(texts))) > MOST_CHARACTERS:
            found.append(f"{length} characters of terms for {place}; at most {MOST_CHARACTERS} are possible")
    return found
