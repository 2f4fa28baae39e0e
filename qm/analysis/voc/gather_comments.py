"""What customers wrote or said, taken apart into statements that know whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qm.analysis.voc.guess_language import guess_language
from qm.analysis.voc.split_comment import READ_LETTERS, clean_comment, has_words, split_statements
from qm.analysis.voc.voc_columns import answer_columns
from qm.domain.text import Language
from qm.domain.transcript import Role, Transcript
from qm.units import Seconds

LEAST_WORDS_SAID = 5
"""Words of a customer's turn below which it is an answer to the agent rather than a statement."""
OWNER_TEXTS = ("contact_id", "response_id", "process", "team", "month")


@dataclass(frozen=True)
class Statement:
    """A piece of what one customer wrote or said.

    Attributes:
        owner: row of its comment (or contact) in the corpus.
        language: `None` for neither Italian nor English.
    """

    owner: int
    text: str
    language: Language | None
    turn_id: str = ""
    start_s: Seconds = 0.0


@dataclass(frozen=True)
class Corpus:
    """Everything that is read.

    Attributes:
        owners: one row a comment (or contact) with words: `OWNER_TEXTS`, `nps`, `text` (clean), and answers.
        statements: in order of owner.
        no_words, cut, other_language: how many were left out, read in part, and are in another language.
    """

    owners: pd.DataFrame
    statements: tuple[Statement, ...]
    no_words: int = 0
    cut: int = 0
    other_language: int = 0


def gather_comments(surveys: pd.DataFrame, contacts: pd.DataFrame, expected: Language) -> Corpus:
    """Comments of surveys, with what is known of their contacts.

    Args:
        surveys: with `comment`; empty ones are no comments.
        contacts: those that responses are linked to, with answers where they are wanted.
        expected: language of a comment that tells none, where its contact tells none either.
    """
    given = surveys[(surveys["comment"].str.strip() != "") & ~surveys["contact_id"].isin(_staged(contacts))]
    read = [clean_comment(text) for text in given["comment"]]
    worded = np.array([has_words(text) for text, _cut in read], dtype=bool)
    owners = given[worded].merge(contacts, on="contact_id", how="left", validate="many_to_one")
    owners = _with_texts(owners, owners["answered_at"])
    kept = [text for (text, _cut), is_kept in zip(read, worded, strict=True) if is_kept]
    owners = owners.copy().assign(text=kept)  # a copy: many columns merged one by one lie scattered
    languages = [
        guess_language(text, Language(known) if known in list(Language) else expected)
        for text, known in zip(owners["text"], owners.get("language", pd.Series("", owners.index)), strict=True)
    ]
    statements = tuple(
        Statement(owner, piece, language)
        for owner, (text, language) in enumerate(zip(owners["text"], languages, strict=True))
        for piece in split_statements(text)
    )
    cut = sum(was_cut for (_text, was_cut), kept in zip(read, worded, strict=True) if kept)
    return Corpus(owners, statements, int((~worded).sum()), cut, languages.count(None))


def gather_turns(
    contacts: pd.DataFrame, surveys: pd.DataFrame, transcripts: Iterable[tuple[str, Transcript]], expected: Language
) -> Corpus:
    """What customers said in conversations, in turns of some length; words that were probably never said are left out.

    Args:
        transcripts: by contact id; contacts that have none are left out.
    """
    rows: dict[str, int] = {}
    statements: list[Statement] = []
    other = 0
    staged = _staged(contacts)
    for contact_id, transcript in transcripts:
        said = [] if contact_id in staged else [piece for turn in _turns(transcript) for piece in turn]
        if not said:
            continue
        owner = rows.setdefault(contact_id, len(rows))
        known = Language(transcript.language) if transcript.language in list(Language) else None
        language = known or (guess_language(" ".join(text for text, _id, _start in said), expected))
        other += language is None
        statements.extend(Statement(owner, text, language, turn_id, start_s) for text, turn_id, start_s in said)
    nps = surveys[surveys["contact_id"] != ""].drop_duplicates("contact_id")[["contact_id", "response_id", "nps"]]
    owners = pd.DataFrame({"contact_id": pd.Series(list(rows), dtype=object)}).merge(
        contacts, on="contact_id", how="left"
    )
    owners = owners.merge(nps, on="contact_id", how="left")
    owners = _with_texts(owners, owners["started_at"])
    said_by: list[list[str]] = [[] for _owner in rows]
    for statement in statements:
        said_by[statement.owner].append(statement.text)
    owners["text"] = ["\n".join(said)[:READ_LETTERS] for said in said_by]
    return Corpus(owners, tuple(statements), 0, 0, other)


def _staged(contacts: pd.DataFrame) -> set[str]:
    """Test and mystery contacts: what their callers say is no customer's voice."""
    return set(contacts["contact_id"][contacts["kind"] != "customer"]) if "kind" in contacts else set()


def _turns(transcript: Transcript) -> Iterable[list[tuple[str, str, Seconds]]]:
    for turn in transcript.turns:
        sure = " ".join(word.text for word in turn.words if not word.suspect) if turn.words else turn.text
        text, _cut = clean_comment(sure)
        if turn.role is Role.CUSTOMER and len(text.split()) >= LEAST_WORDS_SAID:
            yield [(piece, turn.id, turn.start_s) for piece in split_statements(text)]


def _with_texts(owners: pd.DataFrame, at: pd.Series) -> pd.DataFrame:
    """With a month, and texts that aren't known as empty ones."""
    owners = owners.assign(month=at.dt.strftime("%Y-%m").fillna("")).copy()  # a table of many joins is in pieces
    for name in OWNER_TEXTS:
        owners[name] = owners[name].fillna("").astype(str) if name in owners else ""
    if "nps" not in owners:
        owners["nps"] = np.nan
    for name in answer_columns(owners):
        owners[name] = owners[name].fillna(-3).astype(np.int8)
    return owners
