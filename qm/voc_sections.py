"""The parts of a plan file: scales, the day's window, sampling, targets, milestones."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any, TypeVar
from zoneinfo import available_timezones

from qm.domain.text import Text
from qm.domain.voc_names import CONTACT_COLUMNS, SURVEY_COLUMNS
from qm.domain.voc_plan import DayWindow, Milestone, SamplingPlan, Scale, Target, VocPlan
from qm.rules.located import FaultList, Located, check_keys, nearest_hint, read_flag, read_strings, read_text

T = TypeVar("T")
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
BAD = "rules.bad_value"
RESERVED = {*SURVEY_COLUMNS, "comment", "started_at", "medium", "customer_id", "agent_id"}
"""Columns of a survey file that can't be a scale's."""
STRATA = tuple(
    name for name in CONTACT_COLUMNS if name in {"process", "agent_id", "team", "site", "vendor", "queue", "medium"}
)
LONGEST_QUIET_DAYS = 3660


def read_scales(value: Any, line: int, plan: VocPlan, found: FaultList) -> tuple[Scale, ...] | None:
    """The standard scales, changed where the file names them, and the site's own after them."""
    scales = {scale.id: scale for scale in plan.scales}
    named: dict[str, int] = {}
    for node in _mappings(value, line, "scales", found):
        scale = _scale(node, scales, found)
        if scale is None:
            continue
        if scale.id in named:
            found.add(
                node.line, BAD, f"scale '{scale.id}' already stands in line {named[scale.id]}", "keep one of them"
            )
        named[scale.id] = node.line
        scales[scale.id] = scale
    _check_names(tuple(scales.values()), named, line, found)
    return tuple(scales.values())


def _scale(node: Located, known: Mapping[str, Scale], found: FaultList) -> Scale | None:
    keys = ("id", "title", "low", "high", "satisfied_at_least", "higher_is_better", "aliases")
    scale_id = str(node.get("id", ""))
    what = f"scale '{scale_id}'"
    standard = known.get(scale_id)
    needed = ("id",) if standard else ("id", "title", "low", "high", "satisfied_at_least")
    if not check_keys(node, keys, needed, found, what):
        return None
    if not ID.fullmatch(scale_id) or scale_id in RESERVED - set(known):
        hint = "lower-case letters, digits and _, not the name of another column"
        found.add(node.line_of("id"), BAD, f"'{scale_id}' can't be the id of a scale", hint)
        return None
    if standard and {"low", "high"} & set(node):
        hint = "give a scale with other bounds an id of its own, like csat_1_to_7"
        found.add(node.line, BAD, f"{what}: its bounds are {standard.low:g} and {standard.high:g}", hint)
        return None
    before = len(found.faults)
    base = standard or Scale(scale_id, Text("?", "?"), 0, 1, 1)
    changes: dict[str, Any] = {
        key: number for key in keys[2:5] if (number := _number(node, key, found, what)) is not None
    }
    if "title" in node:
        changes["title"] = read_text(node, "title", found, what)
    changes["higher_is_better"] = read_flag(node, "higher_is_better", found, what, absent=base.higher_is_better)
    changes["aliases"] = tuple(alias.casefold() for alias in read_strings(node, "aliases", found, what))
    return _made(lambda: replace(base, **changes), node.line, what, found) if len(found.faults) == before else None


def _check_names(scales: tuple[Scale, ...], lines: Mapping[str, int], line: int, found: FaultList) -> None:
    owner = dict.fromkeys(RESERVED - {scale.id for scale in scales}, "another column")
    owner |= {scale.id: f"scale '{scale.id}'" for scale in scales}
    for scale in scales:
        for alias in scale.aliases:
            if alias in owner:
                message = f"scale '{scale.id}': alias '{alias}' is already the name of {owner[alias]}"
                found.add(lines.get(scale.id, line), BAD, message, "name the column otherwise")
            owner[alias] = f"scale '{scale.id}'"


def read_day(value: Any, line: int, plan: VocPlan, found: FaultList) -> DayWindow | None:
    """When a day of contacts begins, and where."""
    node = _mapping(value, line, "day", ("begins_at", "zone"), found)
    if node is None:
        return None
    begins_at = _clock(node, found) if "begins_at" in node else plan.window.begins_at
    zone = str(node.get("zone", plan.window.zone))
    if zone not in available_timezones():
        found.add(node.line_of("zone"), BAD, f"day: there is no time zone '{zone}'", nearest_hint(zone, _cities(zone)))
        return None
    return None if begins_at is None else DayWindow(begins_at, zone)


def _cities(zone: str) -> list[str]:
    """Zones of the same region, all where none has that name: the hint stays short."""
    region = zone.partition("/")[0]
    return sorted(name for name in available_timezones() if name.startswith(f"{region}/")) or ["Europe/Rome"]


def _clock(node: Located, found: FaultList) -> time | None:
    value = node["begins_at"]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)  # YAML 1.1 reads an unquoted 19:00 as 19 times 60
    try:
        if isinstance(value, str):
            return time.fromisoformat(value)
        raise ValueError(value)
    except ValueError:
        found.add(node.line_of("begins_at"), BAD, f"day: '{value}' isn't a time of day", 'write "19:00"')
        return None


def read_sampling(value: Any, line: int, plan: VocPlan, found: FaultList) -> SamplingPlan | None:
    """Which share of a day is asked, and of whom."""
    keys = ("first_month", "shares", "strata", "quiet_days", "ask_unknown", "seed")
    node = _mapping(value, line, "sampling", keys, found)
    if node is None:
        return None
    before, now = len(found.faults), plan.sampling
    strata = read_strings(node, "strata", found, "sampling") if "strata" in node else now.strata
    for name in strata:
        if name not in STRATA:
            found.add(node.line_of("strata"), BAD, f"sampling: unknown stratum '{name}'", nearest_hint(name, STRATA))
    changes: dict[str, Any] = {
        "first_month": _month(node, found) if "first_month" in node else now.first_month,
        "shares": _shares(node, found) if "shares" in node else now.shares,
        "strata": strata,
        "quiet_days": _whole(node, "quiet_days", LONGEST_QUIET_DAYS, found, now.quiet_days),
        "ask_unknown": read_flag(node, "ask_unknown", found, "sampling", absent=now.ask_unknown),
        "seed": _whole(node, "seed", 2**31 - 1, found, now.seed),
    }
    return _made(lambda: SamplingPlan(**changes), line, "sampling", found) if len(found.faults) == before else None


def _month(node: Located, found: FaultList) -> date | None:
    value = node["first_month"]
    try:
        return value.replace(day=1) if isinstance(value, date) else date.fromisoformat(f"{value}-01")
    except ValueError:
        found.add(node.line_of("first_month"), BAD, f"sampling: '{value}' isn't a month", "write 2026-11")
        return None


def _shares(node: Located, found: FaultList) -> tuple[float, ...]:
    value = node["shares"]
    shares = [_share(item) for item in value] if isinstance(value, list) else [_share(value)]
    if not shares or None in shares:
        message = f"sampling: shares must be numbers above 0 up to 1, one a month, got {value!r}"
        found.add(node.line_of("shares"), BAD, message, "write [0.2, 0.4, 0.6, 0.8, 1]")
        return ()
    return tuple(share for share in shares if share is not None)


def _share(value: Any) -> float | None:
    """0.2, or "20 %"."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?%", value) if isinstance(value, str) else None
    number = float(match[1]) / 100 if match else value
    fits = isinstance(number, int | float) and not isinstance(number, bool) and 0 < number <= 1
    return float(number) if fits else None


def read_targets(value: Any, line: int, plan: VocPlan, found: FaultList) -> tuple[Target, ...] | None:
    """What figures should reach."""
    scales = {scale.id: scale for scale in plan.scales}
    targets: dict[tuple[str, str, bool], Target] = {}
    for node in _mappings(value, line, "targets", found):
        name = str(node.get("scale", ""))
        if not check_keys(node, ("scale", "value", "process", "of"), ("scale", "value"), found, "target"):
            continue
        if name not in scales:
            hint = nearest_hint(name, scales)
            found.add(node.line_of("scale"), BAD, f"target: unknown scale '{name}'", hint)
            continue
        target = _target(node, scales[name], found)
        if target and (key := (target.scale, target.process, target.of_satisfied)) in targets:
            found.add(node.line, BAD, f"target: '{name}' is given twice for the same contacts", f"keep one of {key}")
        elif target:
            targets[key] = target
    return tuple(targets.values())


def _target(node: Located, scale: Scale, found: FaultList) -> Target | None:
    kind = node.get("of", "mean")
    if kind not in ("mean", "satisfied"):
        hint = nearest_hint(str(kind), ("mean", "satisfied"))
        found.add(node.line_of("of"), BAD, f"target: unknown of '{kind}'", hint)
        return None
    of_satisfied = kind == "satisfied"
    low, high = (0.0, 1.0) if of_satisfied else (-100.0, 100.0) if scale.is_nps else (scale.low, scale.high)
    number = _share(node["value"]) if of_satisfied else _number(node, "value", found, "target")
    if number is None or not low <= number <= high:
        message = f"target of '{scale.id}': {node['value']} doesn't lie in {low:g}..{high:g}"
        found.add(node.line_of("value"), BAD, message)
        return None
    return Target(scale.id, number, str(node.get("process") or ""), of_satisfied)


def read_milestones(value: Any, line: int, plan: VocPlan, found: FaultList) -> tuple[Milestone, ...] | None:
    """What happened when, in order of time."""
    del plan  # every section is given it
    milestones = []
    for node in _mappings(value, line, "milestones", found):
        # YAML 1.1 reads an unquoted `on` as true; both are the same key here.
        if "True" in node:
            node["on"] = node.pop("True")
            node.lines["on"] = node.lines.pop("True")
        if not check_keys(node, ("on", "title"), ("on", "title"), found, "milestone"):
            continue
        on, before = node["on"], len(found.faults)
        title = read_text(node, "title", found, "milestone")
        if not isinstance(on, date):
            found.add(node.line_of("on"), BAD, f"milestone: '{on}' isn't a date", "write 2026-11-20")
        elif len(found.faults) == before:
            milestones.append(Milestone(on, title))
    return tuple(sorted(milestones, key=lambda milestone: milestone.on))


def _mapping(value: Any, line: int, what: str, keys: tuple[str, ...], found: FaultList) -> Located | None:
    if not isinstance(value, Located):
        found.add(line, BAD, f"{what}: must be a mapping", f"its keys: {', '.join(keys)}")
        return None
    return value if check_keys(value, keys, (), found, what) else None


def _mappings(value: Any, line: int, what: str, found: FaultList) -> list[Located]:
    if not isinstance(value, list) or not all(isinstance(item, Located) for item in value):
        found.add(line, "rules.bad_list", f"{what}: must be a list of mappings", "start each with '- '")
        return []
    return value


def _number(node: Located, key: str, found: FaultList, what: str) -> float | None:
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return float(value)
    found.add(node.line_of(key), "rules.bad_number", f"{what}: '{key}' must be a number, got {value!r}")
    return None


def _whole(node: Located, key: str, most: int, found: FaultList, absent: int) -> int:
    value = node.get(key, absent)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    message = f"sampling: '{key}' must be a whole number from 0 to {most}, got {value!r}"
    found.add(node.line_of(key), "rules.bad_number", message)
    return absent


def _made(make: Callable[[], T], line: int, what: str, found: FaultList) -> T | None:
    """What the domain accepts; what it refuses becomes a fault."""
    try:
        return make()
    except ValueError as error:
        found.add(line, BAD, f"{what}: {error}")
        return None
