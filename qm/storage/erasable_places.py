"""Folders beside the database that may hold something of a contact: replies of a generative model, trained answers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from qm.documents import load
from qm.domain.erasure import Subject
from qm.domain.evaluation import ERASED
from qm.domain.trained_answers import Standing
from qm.errors import InputError
from qm.storage.answer_folder import STANDING, AnswerFolder
from qm.storage.generative_replies import MANIFESTS, KeptReply

SHORTEST_QUOTE = 8
"""Characters; a shorter quote ("sì", "buongiorno") tells of nobody."""


class ReplyPlace:
    """Replies that quote what was said in a contact.

    They are kept by the hash of their prompt, which doesn't tell of whom: so they are found by their quotes. One that
    quotes the same words of another contact goes too, and is asked again where it's needed.
    """

    name = "generative"

    def __init__(self, root: Path) -> None:
        self._root = root

    def erase(self, subject: Subject) -> int:
        """Delete the replies that quote the subject."""
        found = list(self._quoting(subject))
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def search(self, subject: Subject) -> int:
        """How many replies quote the subject."""
        return sum(1 for _path in self._quoting(subject))

    def _quoting(self, subject: Subject) -> Iterator[Path]:
        said = [_plain(text) for text in subject.spoken]
        for path in sorted(self._root.glob("*/*.json")) if said else ():
            if path.parent.name == MANIFESTS:
                continue
            quotes = _quotes(path)
            if any(len(quote) >= SHORTEST_QUOTE and any(quote in text for text in said) for quote in quotes):
                yield path


def _quotes(path: Path) -> list[str]:
    """The texts in a reply; none where it's damaged, since then nobody reads it either."""
    try:
        reply = load(KeptReply, path.read_bytes()).reply
        value = json.loads(reply.text) if reply.text else {}
    except (OSError, InputError, ValueError):
        return []
    return [_plain(text) for text in value.values() if isinstance(text, str)] if isinstance(value, dict) else []


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


class StandingPlace:
    """Contacts that trained answers learned from, and reviews of them, by id. The counts stay."""

    name = "answers"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = AnswerFolder(root)

    def erase(self, subject: Subject) -> int:
        """Take the subject's ids out."""
        gone, changed = frozenset(subject.contacts), 0
        for standing in self._about(subject):
            learned = tuple(ERASED if each in gone else each for each in standing.trained_on)
            reviews = tuple(
                replace(review, contact_id=ERASED) if review.contact_id in gone else review
                for review in standing.reviews
            )
            self._folder.stand(replace(standing, trained_on=learned, reviews=reviews))
            changed += 1
        return changed

    def search(self, subject: Subject) -> int:
        """How many criteria name the subject."""
        return len(self._about(subject))

    def _about(self, subject: Subject) -> list[Standing]:
        gone = frozenset(subject.contacts)
        if not gone or not any(self._root.glob(f"*/{STANDING}")):
            return []
        return [s for s in self._folder.standings() if gone & {*s.trained_on, *(r.contact_id for r in s.reviews)}]
