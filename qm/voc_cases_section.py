"""The part of a plan file about detractor cases: the rule, the clock, causes, and what may be offered."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from enum import Enum
from typing import Any, TypeVar

from qm.domain.case_plan import CasePlan, CaseRule, Cause, Remedy, Severity, Side, Value, WorkCalendar
from qm.domain.voc_plan import VocPlan
from qm.rules.located import FaultList, Located, check_keys, nearest_hint, read_flag, read_strings, read_text
from qm.voc_sections import BAD, ID, _made, _mapping, _mappings, _number

E = TypeVar("E", bound=Enum)
Item = TypeVar("Item", Cause, Remedy)
KEYS = (
    "rule", "needs_all", "attempt_h", "close_h", "attempts_before_giving_up", "calendar", "causes", "remedies",
    "value_column", "values",
)  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_H = 1000.0
"""Hours; a case that may wait longer than forty working days isn't one."""
MOST_ATTEMPTS = 50


def read_cases(value: Any, line: int, plan: VocPlan, found: FaultList) -> CasePlan | None:
    """The plan for cases; what the file leaves out stays as by default."""
    node = _mapping(value, line, "cases", KEYS, found)
    if node is None:
        return None
    before, base = len(found.faults), plan.cases
    changes: dict[str, Any] = {"rule": _rule(node, plan, found)}
    for key in ("attempt_h", "close_h"):
        changes[key] = _within(node, key, LONGEST_H, found, getattr(base, key))
    attempts = _within(node, "attempts_before_giving_up", MOST_ATTEMPTS, found, base.attempts_before_giving_up)
    changes["attempts_before_giving_up"] = int(attempts)
    for key, read in _PARTS.items():
        if node.get(key) is not None:
            changes[key] = read(node[key], node.line_of(key), plan, found)
    if "value_column" in node:
        changes["value_column"] = str(node["value_column"]).strip().casefold()
    return _made(lambda: replace(base, **changes), line, "cases", found) if len(found.faults) == before else None


def in_site_zone(plan: VocPlan) -> VocPlan:
    """The plan with the clock of cases in the time zone of its day."""
    calendar = replace(plan.cases.calendar, zone=plan.window.zone)
    return replace(plan, cases=replace(plan.cases, calendar=calendar))


def _rule(node: Located, plan: VocPlan, found: FaultList) -> CaseRule:
    scales = {scale.id: scale for scale in plan.scales}
    base = plan.cases.rule
    needs_all = read_flag(node, "needs_all", found, "cases", absent=base.needs_all)
    if node.get("rule") is None:
        return replace(base, needs_all=needs_all)
    limits = _mapping(node["rule"], node.line_of("rule"), "rule", tuple(scales), found) or Located()
    at_most = {}
    for name in limits:
        limit = _number(limits, name, found, "rule")
        if name in scales and limit is not None and not scales[name].low <= limit <= scales[name].high:
            bounds = f"{scales[name].low:g}..{scales[name].high:g}"
            found.add(limits.line_of(name), BAD, f"rule: {limit:g} doesn't lie on the scale '{name}' ({bounds})")
        elif limit is not None:
            at_most[name] = limit
    line = node.line_of("rule")
    return _made(lambda: CaseRule(at_most, needs_all=needs_all), line, "rule", found) or base


def _calendar(value: Any, line: int, plan: VocPlan, found: FaultList) -> WorkCalendar | None:
    base = plan.cases.calendar
    node = _mapping(value, line, "calendar", ("days", "opens", "closes", "holidays", "closed", "open"), found)
    if node is None:
        return None
    names = read_strings(node, "days", found, "calendar") if "days" in node else ()
    for name in names:
        if name not in DAYS:
            found.add(node.line_of("days"), BAD, f"calendar: unknown day '{name}'", nearest_hint(name, DAYS))
    holidays = str(node.get("holidays", base.national) or "none")
    if holidays not in ("IT", "none"):
        found.add(node.line_of("holidays"), BAD, f"calendar: no holidays of '{holidays}' are known", "IT or none")
    days = frozenset(DAYS.index(name) for name in names if name in DAYS)
    opens, closes = (_clock(node, key, found, getattr(base, key)) for key in ("opens", "closes"))
    closed, worked = (_dates(node, key, found) for key in ("closed", "open"))
    national = "" if holidays == "none" else holidays

    def make() -> WorkCalendar:
        return WorkCalendar(base.zone, days or base.weekdays, opens, closes, national, closed, worked)

    return _made(make, line, "calendar", found)


def _clock(node: Located, key: str, found: FaultList, absent: time) -> time:
    value = node.get(key)
    if value is None:
        return absent
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 24 * 60:
        return time(value // 60 % 24, value % 60)  # YAML 1.1 reads an unquoted 9:00 as 9 times 60
    try:
        return time() if value == "24:00" else time.fromisoformat(str(value))
    except ValueError:
        found.add(node.line_of(key), BAD, f"calendar: '{value}' isn't a time of day", 'write "09:00"')
        return absent


def _dates(node: Located, key: str, found: FaultList) -> frozenset[date]:
    value = node.get(key) or []
    if isinstance(value, list) and all(isinstance(item, date) for item in value):
        return frozenset(value)
    found.add(node.line_of(key), BAD, f"calendar: '{key}' must be a list of dates", "write [2026-12-07]")
    return frozenset()


def _causes(value: Any, line: int, plan: VocPlan, found: FaultList) -> tuple[Cause, ...] | None:
    del plan  # every part is given it

    def read(node: Located) -> Cause | None:
        if not check_keys(node, ("id", "title", "side"), ("id", "title", "side"), found, "cause"):
            return None
        side = _named(node, "side", {side.value: side for side in Side}, found, None)
        title = read_text(node, "title", found, "cause")
        return Cause(str(node["id"]), title, side) if side else None

    return _listed(value, line, "cause", read, found)


def _remedies(value: Any, line: int, plan: VocPlan, found: FaultList) -> tuple[Remedy, ...] | None:
    del plan  # every part is given it

    def read(node: Located) -> Remedy | None:
        if not check_keys(node, ("id", "title", "severity", "value"), ("id", "title"), found, "remedy"):
            return None
        severity = _named(node, "severity", _levels(Severity), found, Severity.LOW)
        worth = _named(node, "value", _levels(Value), found, Value.UNKNOWN)
        title = read_text(node, "title", found, "remedy")
        return Remedy(str(node["id"]), title, severity, worth) if severity and worth is not None else None

    return _listed(value, line, "remedy", read, found)


def _values(value: Any, line: int, plan: VocPlan, found: FaultList) -> Mapping[str, Value] | None:
    del plan  # every part is given it
    if not isinstance(value, Located) or not value:
        found.add(line, BAD, "values: must say what each entry of the column is worth", "write {gold: high}")
        return None
    levels = _levels(Value)
    read = {str(name).strip().casefold(): _named(value, name, levels, found, Value.UNKNOWN) for name in value}
    return {name: worth for name, worth in read.items() if worth is not None}


def _listed(
    value: Any, line: int, what: str, read: Callable[[Located], Item | None], found: FaultList
) -> tuple[Item, ...] | None:
    """Items with an id each, which must be plain and unique."""
    items: dict[str, Item] = {}
    for node in _mappings(value, line, what, found):
        item = read(node)
        if item is None:
            continue
        if not ID.fullmatch(item.id) or item.id in items:
            hint = "lower-case letters, digits and _, each id once"
            found.add(node.line, BAD, f"'{item.id}' can't be the id of a {what}", hint)
        items[item.id] = item
    return tuple(items.values()) or None


def _levels(kind: type[E]) -> dict[str, E]:
    return {level.name.lower(): level for level in kind}


def _named(node: Located, key: str, names: Mapping[str, E], found: FaultList, absent: E | None) -> E | None:
    if key not in node:
        return absent
    name = str(node[key])
    if name not in names:
        found.add(node.line_of(key), BAD, f"{key}: unknown '{name}'", nearest_hint(name, names))
    return names.get(name)


def _within(node: Located, key: str, most: float, found: FaultList, absent: float) -> float:
    value = _number(node, key, found, "cases")
    if value is None:
        return absent
    if not 0 < value <= most:
        found.add(node.line_of(key), BAD, f"cases: '{key}' must lie above 0 and at most at {most:g}, got {value:g}")
    return value


_PARTS: Mapping[str, Callable[[Any, int, VocPlan, FaultList], Any]] = {
    "calendar": _calendar, "causes": _causes, "remedies": _remedies, "values": _values,
}  # fmt: skip
