"""Read the site's retention plan: a YAML file whose faults are all told together, each with its line."""

import re
from typing import Any

from qm.domain.contact import Medium
from qm.domain.retention import LONGEST_DAYS, DataKind, Mark, RetentionPlan, RetentionRule
from qm.plan_file import About, read_plan_file
from qm.rules.located import FaultList, Located, check_keys, nearest_hint, read_tables

ABOUT = About("QM_RETENTION", "retention.faulty", "retention.unreadable", "docs/operations.md")
BAD = "rules.bad_value"
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
RULE_KEYS = ("id", "medium", "process", "outcome", "keep")
NEVER = "never"
"""Stands for a kind that is kept for ever."""


def read_retention(path: str) -> RetentionPlan:
    """The plan that a YAML file gives; without rules (nothing is due by itself) where `path` is empty.

    Raises:
        SettingsError: the file can't be read, or has faults: all of them, each with file and line.
    """
    return read_plan_file(path, _plan, RetentionPlan(), ABOUT) if path else RetentionPlan()


def _plan(node: Any, found: FaultList) -> RetentionPlan:
    if not isinstance(node, Located):
        found.add(1, BAD, "the plan must be a mapping", "its key: rules")
        return RetentionPlan()
    check_keys(node, ("rules",), ("rules",), found, "plan")
    rules: list[RetentionRule] = []
    lines: dict[str, int] = {}
    for each in read_tables(node, "rules", found, "plan"):
        rule = _rule(each, found)
        if rule is None:
            continue
        if rule.id in lines:
            found.add(each.line, BAD, f"rule '{rule.id}' already stands in line {lines[rule.id]}", "keep one of them")
        if unreached := _general(rules):
            found.add(each.line, BAD, f"rule '{rule.id}' decides nothing: '{unreached}' above fits every contact",
                      "put the rule without conditions last")  # fmt: skip
        lines[rule.id] = each.line
        rules.append(rule)
    return RetentionPlan(tuple(rules))


def _general(rules: list[RetentionRule]) -> str:
    """The rule among these that fits every contact, if there is one."""
    return next((rule.id for rule in rules if not (rule.media or rule.processes or rule.marks)), "")


def _rule(node: Located, found: FaultList) -> RetentionRule | None:
    what, before = f"rule '{node.get('id', '?')}'", len(found.faults)
    check_keys(node, RULE_KEYS, ("id", "keep"), found, what)
    if "id" in node and not ID.fullmatch(str(node["id"])):
        found.add(node.line_of("id"), BAD, f"{what}: this can't be an id", "lower-case letters, digits and _")
    media = _words(node, "medium", [medium.value for medium in Medium], found, what)
    processes = _words(node, "process", None, found, what)
    marks = _words(node, "outcome", [mark.value for mark in Mark], found, what)
    keep = _keep(node, found, what)
    if len(found.faults) > before:
        return None
    return RetentionRule(str(node["id"]), media, processes, tuple(Mark(word) for word in marks), keep)


def _words(node: Located, key: str, known: list[str] | None, found: FaultList, what: str) -> tuple[str, ...]:
    """One text or a list of them; each a known one where `known` is given. Empty: any."""
    value = node.get(key, [])
    words = value if isinstance(value, list) else [value]
    for word in words:
        if not isinstance(word, str) or not word.strip():
            found.add(node.line_of(key), "rules.bad_list", f"{what}: '{key}' must be a text, or a list of texts",
                      "quote numbers and yes/no")  # fmt: skip
        elif known is not None and word not in known:
            found.add(node.line_of(key), BAD, f"{what}: unknown {key} '{word}'", nearest_hint(word, known))
    if key in node and not words:
        found.add(node.line_of(key), "rules.bad_list", f"{what}: '{key}' is empty", "leave the key out: it fits any")
    return tuple(dict.fromkeys(word for word in words if isinstance(word, str)))


def _keep(node: Located, found: FaultList, what: str) -> dict[DataKind, int | None]:
    value = node.get("keep")
    kinds = [kind.value for kind in DataKind]
    if not isinstance(value, Located):
        if value is not None:
            found.add(node.line_of("keep"), BAD, f"{what}: keep must be a mapping of days", f"its keys: {kinds}")
        return {}
    check_keys(value, kinds, (), found, f"{what}: keep")
    if not value:
        found.add(node.line_of("keep"), BAD, f"{what}: keep names nothing", f"its keys: {', '.join(kinds)}")
    keep: dict[DataKind, int | None] = {}
    for name in (name for name in value if name in kinds):
        keep[DataKind(name)] = _days(value, name, found, what)
    _check_order(value, keep, found, what)
    return keep


def _days(node: Located, name: str, found: FaultList, what: str) -> int | None:
    days = node[name]
    if days == NEVER:
        return None
    if isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= LONGEST_DAYS:
        return days
    message = f"{what}: keep.{name} must be whole days from 0 to {LONGEST_DAYS}, or `{NEVER}`, got {days!r}"
    found.add(node.line_of(name), "rules.bad_number", message)
    return None


def _check_order(node: Located, keep: dict[DataKind, int | None], found: FaultList, what: str) -> None:
    """Nothing of a contact outlives the contact itself: such a promise would be broken."""
    whole = keep.get(DataKind.CONTACT)
    if whole is None:
        return
    for kind, days in keep.items():
        if kind is not DataKind.CONTACT and (days is None or days > whole):
            shown = "for ever" if days is None else f"{days} days"
            found.add(node.line_of(kind), BAD, f"{what}: {kind} is kept {shown}, but the contact only {whole} days",
                      "keep the contact at least as long")  # fmt: skip
