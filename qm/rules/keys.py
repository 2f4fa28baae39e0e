"""The keys of a pack's files. The loader checks against these tables, and the JSON Schema is made from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from qm.domain.scales import CriterionType, Critical, Weighting
from qm.domain.text import Language


class Shape(StrEnum):
    """What stands under a key."""

    NAME = "name"
    TEXT = "text"
    BOTH = "both"
    FLAG = "flag"
    DATE = "date"
    NUMBER = "number"
    SHARE = "share"
    MARK = "mark"
    WEIGHT = "weight"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXTS = "texts"
    LISTS = "lists"
    PHRASES = "phrases"
    CONDITION = "condition"
    TABLE = "table"
    TABLES = "tables"


@dataclass(frozen=True)
class Key:
    """One key of a mapping.

    Attributes:
        choices: values allowed, for `CHOICE` and `CHOICES`.
        table: name of the table of a mapping or of each mapping in a list.
    """

    shape: Shape
    required: bool = False
    choices: tuple[str | bool, ...] = ()
    table: str = ""


Keys = Mapping[str, Key]
STATES = ("draft", "published")
RULE_STATES = ("experimental", "stable", "deprecated")
ASKED_BESIDE = ("generative",)
"""Who else may answer what a rule leaves open."""
FAILS: tuple[str | bool, ...] = (True, False, "form", "section")
BANDS = Key(Shape.TABLES, table="band")
WHEN = Key(Shape.CONDITION)

PACK: Keys = {
    "pack": Key(Shape.NAME, required=True),
    "version": Key(Shape.NAME, required=True),
    "title": Key(Shape.BOTH, required=True),
    "status": Key(Shape.CHOICE, choices=STATES),
    "languages": Key(Shape.CHOICES, choices=tuple(language.value for language in Language)),
    "weighting": Key(Shape.CHOICE, choices=tuple(weighting.value for weighting in Weighting)),
    "pass_mark": Key(Shape.MARK),
    "bands": BANDS,
    "families": Key(Shape.TEXTS),
    "words": Key(Shape.LISTS),
    "phrases": Key(Shape.PHRASES),
    "sections": Key(Shape.TABLES, required=True, table="section"),
}
SECTION: Keys = {
    "id": Key(Shape.NAME, required=True),
    "title": Key(Shape.BOTH, required=True),
    "weight": Key(Shape.WEIGHT),
    "pass_mark": Key(Shape.MARK),
    "bands": BANDS,
    "na": Key(Shape.FLAG),
    "when": WHEN,
    "criteria": Key(Shape.TABLES, table="criterion"),
    "sections": Key(Shape.TABLES, table="section"),
}
WORDING: Keys = {name: Key(Shape.BOTH) for name in ("title", "explanation", "action")}
"""Of a criterion without a rule; with one, the rule has them."""
CRITERION: Keys = {
    "rule": Key(Shape.NAME),
    "criterion": Key(Shape.NAME),
    **WORDING,
    "type": Key(Shape.CHOICE, choices=tuple(kind.value for kind in CriterionType)),
    "options": Key(Shape.TABLES, table="option"),
    "ranges": Key(Shape.TABLES, table="range"),
    "points": Key(Shape.NUMBER),
    "weight": Key(Shape.WEIGHT),
    "pass_mark": Key(Shape.MARK),
    "bands": BANDS,
    "automatic_fail": Key(Shape.CHOICE, choices=FAILS),
    "critical": Key(Shape.CHOICE, choices=tuple(name.value for name in Critical)),
    "bonus": Key(Shape.FLAG),
    "na": Key(Shape.FLAG),
    "driver": Key(Shape.NAME),
    "when": WHEN,
}
OPTION: Keys = {
    "id": Key(Shape.NAME, required=True),
    "title": Key(Shape.BOTH, required=True),
    "share": Key(Shape.SHARE),
}
RANGE: Keys = {"at_least": Key(Shape.NUMBER), "at_most": Key(Shape.NUMBER), "share": Key(Shape.SHARE)}
BAND: Keys = {
    "id": Key(Shape.NAME, required=True),
    "title": Key(Shape.BOTH, required=True),
    "at_least": Key(Shape.MARK, required=True),
}
FAMILY: Keys = {"family": Key(Shape.NAME), "rules": Key(Shape.TABLES, required=True, table="rule")}
RULE: Keys = {
    "id": Key(Shape.NAME, required=True),
    **{name: Key(Shape.BOTH, required=True) for name in WORDING},
    "status": Key(Shape.CHOICE, required=True, choices=RULE_STATES),
    "since": Key(Shape.DATE, required=True),
    "rationale": Key(Shape.TEXT, required=True),
    "references": Key(Shape.TEXTS, required=True),
    "false_alarms": Key(Shape.TEXTS, required=True),
    "applies": Key(Shape.CONDITION),
    "met": Key(Shape.CONDITION),
    "options": Key(Shape.TABLES, table="chosen"),
    "value": Key(Shape.TABLE, table="source"),
    "answer": Key(Shape.CHOICE, choices=ASKED_BESIDE),
}
WAYS = ("met", "options", "value")
"""A rule has just one of these."""
CHOSEN: Keys = {"id": Key(Shape.NAME, required=True), "when": Key(Shape.CONDITION)}
SOURCE: Keys = {"measure": Key(Shape.NAME), "contact": Key(Shape.NAME)}
TABLES: Mapping[str, Keys] = {
    "pack": PACK, "section": SECTION, "criterion": CRITERION, "option": OPTION, "range": RANGE, "band": BAND,
    "family": FAMILY, "rule": RULE, "chosen": CHOSEN, "source": SOURCE,
}  # fmt: skip


def required_of(table: Keys) -> tuple[str, ...]:
    """The keys that can't be left out."""
    return tuple(name for name, key in table.items() if key.required)
