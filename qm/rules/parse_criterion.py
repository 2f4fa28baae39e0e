"""From a criterion's entry in `pack.yaml` to the criterion. Faults are collected."""

from qm.domain.form import Criterion
from qm.domain.scales import FULL_MARK, Band, CriterionType, Critical, FailScope, NumberRange, Option, Weighting
from qm.domain.text import Text
from qm.rules import keys
from qm.rules.located import (
    FaultList,
    Located,
    check_keys,
    nearest_hint,
    read_choice,
    read_flag,
    read_name,
    read_number,
    read_tables,
    read_text,
    read_up_to,
)
from qm.rules.pack import Rule

PERCENT = "%"


def parse_criterion(entry: Located, rule: Rule | None, weighting: Weighting, found: FaultList) -> Criterion | None:
    """One criterion, `None` where it is faulty.

    Args:
        rule: that answers it; `None`: only people do, and the entry has its wording.
    """
    what = f"criterion '{rule.id if rule else entry.get('criterion')}'"
    before = len(found.faults)
    wording = _wording(entry, rule, found, what)
    kind = CriterionType(read_choice(entry, "type", keys.CRITERION["type"].choices, found, what) or "yes_no")
    points, weight = read_number(entry, "points", found, what), read_weight(entry, found, what)
    fails = read_choice(entry, "automatic_fail", keys.FAILS, found, what)
    mark = read_up_to(entry, "pass_mark", FULL_MARK, found, what)
    critical = read_choice(entry, "critical", keys.CRITERION["critical"].choices, found, what)
    if weight is not None and weighting is not Weighting.QUESTION:
        hint = "add `weighting: question` to the pack, or give `points:`"
        found.add(entry.line_of("weight"), "rules.bad_weight", f"{what}: 'weight' counts only by question", hint)
    driver = read_name(entry, "driver", found, what) if "driver" in entry else ""
    options, ranges, bands = _options(entry, found, what), _ranges(entry, found, what), parse_bands(entry, found, what)
    bonus = read_flag(entry, "bonus", found, what, absent=False)
    na = read_flag(entry, "na", found, what, absent=True)
    if len(found.faults) > before:
        return None
    try:
        return Criterion(
            rule.id if rule else str(entry["criterion"]), *wording, 1.0 if points is None else points, bool(fails),
            kind, options, ranges, FailScope.SECTION if fails == "section" else FailScope.FORM,
            Critical(critical) if critical else None, bonus, driver, 1.0 if weight is None else weight,
            FULL_MARK if mark is None else mark, bands, na,
        )  # fmt: skip
    except ValueError as error:
        found.add(_line_named(entry, str(error)), "rules.bad_criterion", f"{what}: {error}")
        return None


def read_weight(node: Located, found: FaultList, what: str) -> float | None:
    """A weight, as a number or in per cent (`40%`); `None` where it's missing or faulty."""
    value = node.get("weight")
    if not isinstance(value, str):
        return read_number(node, "weight", found, what)
    try:
        number = float(value.strip().removesuffix(PERCENT))
    except ValueError:
        number = -1.0
    if value.strip().endswith(PERCENT) and 0 < number <= 100:
        return number
    found.add(node.line_of("weight"), "rules.bad_number", f"{what}: no weight: {value!r}", "like 40 or 40%")
    return None


def check_percents(nodes: list[Located], line: int, found: FaultList, what: str) -> None:
    """Weights said to be per cent are so all together, and add up to 100."""
    said = [node for node in nodes if str(node.get("weight", "")).strip().endswith(PERCENT)]
    if not said:
        return
    if len(said) < len(nodes):
        bare = next(node for node in nodes if node not in said)
        hint = "give all weights in per cent, or none"
        found.add(bare.line_of("weight"), "rules.bad_weight", f"{what}: some weights are in per cent", hint)
        return
    total = sum(read_weight(node, FaultList(""), what) or 0.0 for node in said)
    if abs(total - 100.0) > 0.01:
        message = f"{what}: weights in per cent add up to {total:g}"
        found.add(line, "rules.bad_weight", message, "let them add up to 100%, or leave the % out")


def parse_bands(node: Located, found: FaultList, what: str) -> tuple[Band, ...]:
    """The named bands of a form, section or criterion; the lowest begins at 0."""
    bands = []
    for item in read_tables(node, "bands", found, what):
        if check_keys(item, keys.BAND, keys.required_of(keys.BAND), found, f"{what}: band"):
            start = read_up_to(item, "at_least", FULL_MARK, found, f"{what}: band")
            bands.append(Band(*_named(item, found, what), start or 0.0))
    starts = [band.at_least for band in bands]
    if bands and (min(starts) > 0 or len(set(starts)) < len(starts)):
        message = f"{what}: bands begin at {', '.join(f'{start:g}' for start in starts)}"
        found.add(node.line_of("bands"), "rules.bad_bands", message, "let the lowest begin at 0, and no two alike")
    _once([band.id for band in bands], node.line_of("bands"), found, f"{what}: band")
    return tuple(bands)


def _wording(entry: Located, rule: Rule | None, found: FaultList, what: str) -> tuple[Text, Text, Text]:
    if rule is None:
        title, explanation, action = (read_text(entry, key, found, what) for key in keys.WORDING)
        return title, explanation, action
    for key in (name for name in keys.WORDING if name in entry):
        found.add(entry.line_of(key), "rules.unknown_key", f"{what}: '{key}' stands in its rule", "remove it here")
    return rule.title, rule.explanation, rule.action


def _options(entry: Located, found: FaultList, what: str) -> tuple[Option, ...]:
    options = []
    for item in read_tables(entry, "options", found, what):
        if check_keys(item, keys.OPTION, keys.required_of(keys.OPTION), found, f"{what}: option"):
            share = read_up_to(item, "share", 1.0, found, f"{what}: option")
            options.append(Option(*_named(item, found, what), 1.0 if share is None else share))
    _once([option.id for option in options], entry.line_of("options"), found, f"{what}: option")
    return tuple(options)


def _ranges(entry: Located, found: FaultList, what: str) -> tuple[NumberRange, ...]:
    ranges = []
    for item in read_tables(entry, "ranges", found, what):
        check_keys(item, keys.RANGE, (), found, f"{what}: range")
        low, high = (read_number(item, key, found, f"{what}: range") for key in ("at_least", "at_most"))
        share = read_up_to(item, "share", 1.0, found, f"{what}: range")
        if low is not None and high is not None and low > high:
            message = f"{what}: at_least {low:g} lies above at_most {high:g}"
            found.add(item.line, "rules.unreachable", message, "correct the numbers")
        else:
            ranges.append(NumberRange(low, high, 1.0 if share is None else share))
    return tuple(ranges)


def _named(item: Located, found: FaultList, what: str) -> tuple[str, Text]:
    return read_name(item, "id", found, what), read_text(item, "title", found, what)


def _once(ids: list[str], line: int, found: FaultList, what: str) -> None:
    for twice in sorted({name for name in ids if ids.count(name) > 1}):
        found.add(line, "rules.duplicate_id", f"{what} '{twice}' is given twice", "rename one")


def _line_named(entry: Located, message: str) -> int:
    """The line of the key with which a message begins."""
    return entry.line_of(message.partition(":")[0])


def unknown_rule(entry: Located, rules: dict[str, Rule], found: FaultList, what: str) -> None:
    """Note that a section names a rule that isn't there."""
    hint = nearest_hint(str(entry["rule"]), rules)
    found.add(entry.line, "rules.unknown_rule", f"{what}: no rule '{entry['rule']}'", hint)
