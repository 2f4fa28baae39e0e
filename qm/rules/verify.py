"""Check evidence after the fact: that it exists, in the right role, inside its window, and that its doubts are told.

Nothing here looks at rules or phrases: whatever made an answer, a rule or a model, its evidence is held against the
contact alone. `docs/rules.md` lists what is checked.
"""

from collections.abc import Callable

from qm.domain.contact import Contact
from qm.domain.evaluation import Answer, CriterionAnswer, Evidence, EvidenceKind
from qm.domain.signals import Signals
from qm.domain.transcript import Role, Transcript
from qm.rules.spoken import Place, Spoken
from qm.rules.verify_facts import flaws_of_field, flaws_of_signal
from qm.units import Seconds, Share

SLACK_S: Seconds = 0.51
"""A phrase may end a little after its window closes: it has to begin inside; words last about half a second."""
LONGEST_QUOTE_S: Seconds = 15.0
"""A quote that begins inside its window may go on for this long."""
TAIL_S: Seconds = 3.0
"""A search may look so far beyond its window, for the ends of phrases that begin inside."""
ROUNDED: Share = 1e-4
"""Confidences of answers are rounded to four digits."""
UNTRUSTED = "D"
"""Grade of a transcript on which nothing that counts against somebody may rest."""


class Verifier:
    """Checks the answers about one contact; what was read of the transcript is kept from one to the next.

    Args:
        signals: where not given, facts about signals aren't checked.
        contact: likewise for facts about the contact.
    """

    def __init__(self, transcript: Transcript, signals: Signals | None = None, contact: Contact | None = None) -> None:
        self._transcript = transcript
        self._signals = signals
        self._contact = contact
        self._spoken = Spoken(transcript)
        self._checks: dict[EvidenceKind, Callable[[Evidence], list[str]]] = {
            EvidenceKind.WORDS: self._flaws_of_words,
            EvidenceKind.ABSENCE: self._flaws_of_absence,
            EvidenceKind.SIGNAL: lambda item: flaws_of_signal(item, signals) if signals is not None else [],
            EvidenceKind.CONTACT: lambda item: flaws_of_field(item, contact) if contact is not None else [],
        }

    def flaws(self, answer: CriterionAnswer) -> tuple[str, ...]:
        """Codes of what doesn't hold in an answer's evidence; empty where all of it does."""
        found = [flaw for item in answer.evidence for flaw in self._checks[item.kind](item)]
        return tuple(dict.fromkeys(found))

    def overreach(self, answer: CriterionAnswer, fails_below: Share | None = None) -> tuple[str, ...]:
        """Codes of what an answer makes more of its evidence than it is worth.

        `evidence.overstated`: surer than its least sure quote. `evidence.doubtful`: a *not met* on a transcript of
        the lowest grade, or an automatic fail on words recognised with less confidence than `fails_below` (`None`: the
        criterion is no automatic fail).
        """
        quotes = [item for item in answer.evidence if item.kind is EvidenceKind.WORDS]
        found = []
        if answer.confidence > min((q.confidence for q in quotes), default=1.0) + ROUNDED:
            found.append("evidence.overstated")
        if answer.answer is Answer.NOT_MET and self._is_doubtful(answer, quotes, fails_below):
            found.append("evidence.doubtful")
        return tuple(found)

    def _is_doubtful(self, answer: CriterionAnswer, quotes: list[Evidence], fails_below: Share | None) -> bool:
        grade = self._transcript.grade
        if grade is not None and grade.letter == UNTRUSTED:
            return True
        # Said less often than asked for: the quotes beside such an absence are not what the answer rests on.
        searched = {(item.roles, item.window) for item in answer.evidence if item.kind is EvidenceKind.ABSENCE}
        grounds = [item for item in quotes if (item.roles, item.window) not in searched]
        return fails_below is not None and any(item.confidence < fails_below for item in grounds)

    def _flaws_of_words(self, item: Evidence) -> list[str]:
        indexes = self._indexes(item)
        if indexes is None:
            return ["evidence.no_such_turn"]
        found = self._flaws_of_roles(item, indexes)
        places = self._places(item, indexes)
        if not places:
            return [*found, self._why_not_said(item, indexes)]
        timed = [place for place in places if _is_at(place, item)]
        if not timed:
            found.append("evidence.wrong_time")
        elif item.confidence > max(place.confidence for place in timed):
            found.append("evidence.overstated")
        return found + self._flaws_of_window(item, indexes)

    def _flaws_of_absence(self, item: Evidence) -> list[str]:
        indexes = self._indexes(item)
        if indexes is None:
            return ["evidence.no_such_turn"]
        found = self._flaws_of_roles(item, indexes) + self._flaws_of_search(item, indexes)
        if item.quote:
            places = self._places(item, indexes)
            if not places:
                found.append(self._why_not_said(item, indexes))
            elif item.confidence > max(place.confidence for place in places):
                found.append("evidence.overstated")
        return found

    def _flaws_of_search(self, item: Evidence, indexes: list[int]) -> list[str]:
        """The turns searched are those of the roles inside the window, none left out and none added.

        Where the window is the whole contact, it may have been counted in turns: then they are its first or last ones.
        """
        window = item.window
        if window is None or not item.roles:
            return []
        roles, searched = frozenset(item.roles), set(indexes)
        found = []
        if not searched <= set(self._spoken.heard_in(roles, window, TAIL_S)):
            found.append("evidence.outside_window")
        needed = self._spoken.heard_in(roles, window)
        covered = [index for index in needed if index in searched]
        clock = self._spoken.clock
        is_whole = window.start_s <= clock.start_s and clock.end_s <= window.end_s
        at_an_end = covered in ([*needed[: len(covered)]], [*needed[len(needed) - len(covered) :]])
        if len(covered) < len(needed) and not (is_whole and covered and at_an_end):
            found.append("evidence.not_searched")
        return found

    def _indexes(self, item: Evidence) -> list[int] | None:
        """Indexes of an item's turns; `None` where one doesn't exist."""
        known = self._spoken.index_of
        return [known[turn] for turn in item.turn_ids] if all(turn in known for turn in item.turn_ids) else None

    def _flaws_of_roles(self, item: Evidence, indexes: list[int]) -> list[str]:
        wrong = item.roles and any(self._spoken.turn(index).role not in item.roles for index in indexes)
        return ["evidence.wrong_role"] if wrong else []

    def _flaws_of_window(self, item: Evidence, indexes: list[int]) -> list[str]:
        turns = [self._spoken.turn(index) for index in indexes]
        window = item.window
        found = []
        if (
            not min(t.start_s for t in turns) - SLACK_S <= item.start_s <= item.end_s
            or item.end_s > max(t.end_s for t in turns) + SLACK_S
        ):
            found.append("evidence.wrong_time")
        is_inside = window is None or (
            window.start_s - SLACK_S <= item.start_s <= window.end_s + SLACK_S
            and item.end_s <= window.end_s + LONGEST_QUOTE_S
        )
        return found if is_inside else [*found, "evidence.outside_window"]

    def _places(self, item: Evidence, indexes: list[int]) -> list[Place]:
        """Where the quote stands in just the turns that the evidence names."""
        if not indexes:
            return []
        roles = self._roles(item, indexes)
        places = self._spoken.places_of(item.quote, min(indexes), max(indexes), roles)
        return [place for place in places if set(place.turns) <= set(indexes)]

    def _why_not_said(self, item: Evidence, indexes: list[int]) -> str:
        roles = self._roles(item, indexes)
        if indexes and self._spoken.is_only_suspected(item.quote, min(indexes), max(indexes), roles):
            return "evidence.suspected"
        return "evidence.not_said"

    def _roles(self, item: Evidence, indexes: list[int]) -> frozenset[Role]:
        return frozenset(item.roles) or frozenset(self._spoken.turn(index).role for index in indexes)


def _is_at(place: Place, item: Evidence) -> bool:
    return item.start_s - SLACK_S <= place.start_s and place.end_s <= item.end_s + SLACK_S


def flaws(
    answer: CriterionAnswer, transcript: Transcript, signals: Signals | None = None, contact: Contact | None = None
) -> tuple[str, ...]:
    """Codes of what doesn't hold in an answer's evidence, as `Verifier.flaws`."""
    return Verifier(transcript, signals, contact).flaws(answer)
