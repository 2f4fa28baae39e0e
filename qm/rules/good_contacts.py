"""Correct contacts: whole conversations in which nobody did wrong, and on which no rule of compliance may fire.

They lie in the folder `good_contacts` beside the packs, one file a process, in the format of the cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qm.analysis.measure_talk import measure_talk
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.form import Criterion
from qm.errors import Fault
from qm.rules.conditions import Not
from qm.rules.engine import answer_form
from qm.rules.loader import read_yaml
from qm.rules.located import FaultList, Located, check_keys
from qm.rules.pack import Pack
from qm.rules.read_conversation import CONVERSATION_KEYS, Conversation, read_conversation
from qm.rules.scene import Scene, Thresholds

GOOD_CONTACTS = "good_contacts"
"""Folder beside the packs."""


@dataclass(frozen=True)
class GoodContact:
    """One correct contact.

    Attributes:
        place: file and line, for messages.
    """

    name: str
    conversation: Conversation
    place: str


@dataclass(frozen=True)
class FalseAlarm:
    """A rule that fired on a correct contact."""

    contact: GoodContact
    pack_id: str
    answer: CriterionAnswer


def load_good_contacts(root: Path) -> tuple[tuple[GoodContact, ...], list[Fault]]:
    """All correct contacts below a folder of packs, and what is wrong with their files."""
    contacts: list[GoodContact] = []
    faults: list[Fault] = []
    for path in sorted((root / GOOD_CONTACTS).glob("*.yaml")):
        shown = str(path.relative_to(root.parent))
        node, broken = read_yaml(path, shown)
        found = FaultList(shown, list(broken))
        items = node.get("contacts") if isinstance(node, Located) else None
        if not isinstance(items, list) and not broken:
            found.add(0, "rules.bad_cases", "a file of correct contacts is a mapping with `contacts:`")
        for item in items if isinstance(items, list) else []:
            contact = _contact(item, found)
            contacts.extend([contact] if contact else [])
        faults.extend(found.faults)
    return tuple(contacts), faults


def _contact(item: object, found: FaultList) -> GoodContact | None:
    if not isinstance(item, Located):
        found.add(0, "rules.bad_cases", "a correct contact is a mapping")
        return None
    if not check_keys(item, ("name", *CONVERSATION_KEYS), ("name", "turns"), found, "contact"):
        return None
    try:
        conversation = read_conversation(item, found)
    except (ValueError, TypeError) as error:  # a medium, direction or time that isn't one
        found.add(item.line, "rules.bad_value", f"contact: {error}")
        return None
    return GoodContact(str(item["name"]), conversation, f"{found.file}:{item.line}") if conversation else None


def may_not_be_missed(pack: Pack, criterion: Criterion) -> bool:
    """True for what a correct contact can't miss: duties in law, automatic fails, and whatever must not be said.

    A greeting may be missing from a correct contact, a threat may not be in it.
    """
    rule = pack.rule_of(criterion.id)
    is_forbidding = rule is not None and isinstance(rule.met, Not)
    return criterion.automatic_fail or criterion.critical is not None or is_forbidding


def false_alarms(pack: Pack, contact: GoodContact, thresholds: Thresholds) -> tuple[FalseAlarm, ...]:
    """What the pack's form holds against a correct contact."""
    transcript = contact.conversation.transcript
    scene = Scene(contact.conversation.contact, transcript, measure_talk(transcript), thresholds)
    strict = {criterion.id for criterion in pack.form.criteria if may_not_be_missed(pack, criterion)}
    missed = [a for a in answer_form(pack, scene) if a.criterion_id in strict and a.answer is Answer.NOT_MET]
    return tuple(FalseAlarm(contact, pack.id, answer) for answer in missed)


def all_false_alarms(
    packs: Sequence[Pack], contacts: Sequence[GoodContact], thresholds: Thresholds
) -> tuple[FalseAlarm, ...]:
    """Every false alarm of every pack, in the contacts' order."""
    return tuple(alarm for contact in contacts for pack in packs for alarm in false_alarms(pack, contact, thresholds))
