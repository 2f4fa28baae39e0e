"""The document of a form changed as a proposal says: a draft of the next version, its rules and cases with it."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from qm.domain.derived_form import DerivedForm, Fate, NewCriterion

Tree = dict[str, Any]
SECTION = "voice"
"""Of the questions that comments ask for."""
_UNFIT = re.compile(r"[^a-z0-9]+")


def needs_of(bundle: Tree) -> dict[str, frozenset[str]]:
    """By criterion, the criteria whose answers its rule or its `when` asks for."""
    rules = {rule["id"]: rule for family in (bundle.get("families") or {}).values() for rule in family["rules"]}
    found = {}
    for entry in _entries(bundle["pack"]):
        name = id_of(entry)
        asked = {*_asked(rules.get(name, {})), *_asked(entry.get("when", {}))}
        found[name] = frozenset(asked - {name})
    return found


def derive_bundle(bundle: Tree, derived: DerivedForm) -> Tree:
    """A copy with the proposed questions, points and drivers; status `draft`, version one minor step on."""
    made = deepcopy(bundle)
    pack = made["pack"]
    proposed = {criterion.id: criterion for criterion in derived.criteria}
    gone = {criterion.id for criterion in derived.criteria if criterion.fate.is_dropped}
    pack["version"] = next_version(str(pack["version"]))
    pack["status"], pack["weighting"] = "draft", "points"
    pack["sections"] = _without(pack["sections"], gone)
    for entry in _entries(pack):
        criterion = proposed[id_of(entry)]
        entry.pop("weight", None)
        if criterion.points:
            entry["points"] = criterion.points
        if criterion.fate is Fate.DRIVER:
            entry["driver"] = derived.scale
    if derived.new:
        pack["sections"].append(_new_section(derived.new))
    _drop_rules(made, gone)
    return made


def next_version(version: str) -> str:
    """The version one minor step on.

    >>> next_version("1.4.2"), next_version("3")
    ('1.5.0', '3.1.0')
    """
    parts = [int(part) for part in re.findall(r"\d+", version)] or [0]
    return f"{parts[0]}.{(parts[1] if len(parts) > 1 else 0) + 1}.0"


def new_id(theme_id: str) -> str:
    """Id of the question that a theme asks for.

    >>> new_id("Attesa, lunga")
    'voice-attesa-lunga'
    """
    return f"{SECTION}-{_UNFIT.sub('-', theme_id.lower()).strip('-')}"


def id_of(entry: Mapping[str, Any]) -> str:
    """Id of a criterion's entry, with a rule or without."""
    return str(entry.get("rule") or entry.get("criterion"))


def _entries(pack: Tree) -> Iterator[Tree]:
    for section in pack["sections"]:
        for leaf in section.get("sections") or [section]:
            yield from leaf["criteria"]


def _asked(node: Any) -> Iterator[str]:
    """Criteria named in conditions (`answered: {criterion: …}`), however deep."""
    if isinstance(node, Mapping):
        if isinstance(node.get("criterion"), str):
            yield node["criterion"]
        for value in node.values():
            yield from _asked(value)
    elif isinstance(node, list):
        for value in node:
            yield from _asked(value)


def _without(sections: list[Tree], gone: set[str]) -> list[Tree]:
    """The sections without those criteria; one that loses all goes with them."""
    left = []
    for section in sections:
        if section.get("sections"):
            section["sections"] = _without(section["sections"], gone)
        else:
            section["criteria"] = [entry for entry in section["criteria"] if id_of(entry) not in gone]
        if section.get("sections") or section.get("criteria"):
            left.append(section)
    return left


def _new_section(new: tuple[NewCriterion, ...]) -> Tree:
    title = {"it": "Voce del cliente", "en": "Voice of the customer"}
    return {"id": SECTION, "title": title, "weight": 1, "criteria": [_new_entry(one) for one in new]}


def _new_entry(one: NewCriterion) -> Tree:
    return {
        "criterion": one.id,
        "title": {"it": f"Da riscrivere: {one.name}", "en": f"To be reworded: {one.name}"},
        "explanation": {
            "it": f"Ne parlano {one.n} commenti, per esempio: «{one.said}». Scrivere che cosa deve fare l'operatore.",
            "en": f'{one.n} comments speak of it, for example: "{one.said}". Write down what the agent has to do.',
        },
        "action": {"it": "Da scrivere prima di pubblicare.", "en": "To be written before publishing."},
        "points": 1,
        "driver": f"theme-{one.theme}",
    }


def _drop_rules(bundle: Tree, gone: set[str]) -> None:
    """Take rules of dropped criteria out of families and cases; a family without rules goes."""
    families = bundle.get("families") or {}
    for family in families.values():
        family["rules"] = [rule for rule in family["rules"] if rule["id"] not in gone]
    empty = {name for name, family in families.items() if not family["rules"]}
    for name in empty:
        del families[name]
    if empty:
        bundle["pack"]["families"] = [name for name in bundle["pack"]["families"] if name not in empty]
    cases = bundle.get("cases") or {}
    for name in list(cases):
        cases[name]["cases"] = [case for case in cases[name]["cases"] if case.get("rule") not in gone]
        if name in empty or not cases[name]["cases"]:
            del cases[name]
