"""From a family file to its rules. Faults are collected; the id of a faulty rule is kept, lest it be missed twice."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from qm.analysis.compile_phrases import WordClasses
from qm.analysis.measure_talk import MEASURES
from qm.domain.contact import AGENT_FIELDS, CONTACT_FIELDS, HISTORY_FIELDS
from qm.rules import keys
from qm.rules.conditions import AnyOf, Condition, ContactField, Measure
from qm.rules.located import (
    FaultList,
    Located,
    check_keys,
    nearest_hint,
    read_choice,
    read_name,
    read_strings,
    read_tables,
    read_text,
)
from qm.rules.pack import Chosen, Place, Rule
from qm.rules.parse_conditions import ConditionParser, PhraseLists
from qm.rules.yaml_file import Parsed


def parse_family(
    file: Parsed, lists: PhraseLists, classes: WordClasses, places: dict[str, Place], found: FaultList
) -> dict[str, Rule | None]:
    """Rules of one file by id, `None` where faulty; `places` gets where each stands under `rule:ID`."""
    own = FaultList(file.shown, list(file.faults))
    rules: dict[str, Rule | None] = {}
    if not file.faults:
        _family(file.node, ConditionParser(own, lists, classes, MEASURES), own, rules, places)
    found.faults.extend(own.faults)
    return rules


def _family(
    node: Any, parser: ConditionParser, found: FaultList, rules: dict[str, Rule | None], places: dict[str, Place]
) -> None:
    if not isinstance(node, Located) or not isinstance(node.get("rules"), list):
        found.add(0, "rules.bad_family", "a family is a mapping with `rules:`", "see docs/rules.md")
        return
    check_keys(node, keys.FAMILY, keys.required_of(keys.FAMILY), found, "family")
    for item in node["rules"]:
        if not isinstance(item, Located):
            found.add(node.line_of("rules"), "rules.bad_rule", "a rule is a mapping")
            continue
        name = str(item.get("id", "?"))
        if f"rule:{name}" in places:
            found.add(item.line, "rules.duplicate_id", f"rule '{name}' is given twice", "rename one")
        places[f"rule:{name}"] = Place(found.file, item.line, item.lines)
        rules[name] = _rule(item, parser, found)


def _rule(node: Located, parser: ConditionParser, found: FaultList) -> Rule | None:
    what, before = f"rule '{node.get('id', '?')}'", len(found.faults)
    if not check_keys(node, keys.RULE, keys.required_of(keys.RULE), found, what):
        return None
    name = read_name(node, "id", found, what)
    applies = parser.parse(node["applies"], node.line_of("applies")) if "applies" in node else None
    ways = [way for way in keys.WAYS if way in node]
    if len(ways) != 1:
        found.add(node.line, "rules.missing_key", f"{what}: just one of {', '.join(keys.WAYS)}", "add `met:`")
    met = parser.parse(node["met"], node.line_of("met")) if ways == ["met"] else None
    options = _options(node, parser, found, what)
    value = _source(node, found, what) if ways == ["value"] else None
    status = read_choice(node, "status", keys.RULE_STATES, found, what)
    since = _since(node, found, what)
    title, explanation, action = (read_text(node, key, found, what) for key in keys.WORDING)
    references, alarms = (read_strings(node, key, found, what) for key in ("references", "false_alarms"))
    beside = read_choice(node, "answer", keys.ASKED_BESIDE, found, what)
    met = met or _stand_in(options, value)
    if len(found.faults) > before or met is None:
        return None
    return Rule(name, title, explanation, action, str(status), since, str(node["rationale"]), references, alarms,
                met, applies, options, value, beside or "")  # fmt: skip


def _since(node: Located, found: FaultList, what: str) -> date:
    given = node["since"]
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError:
        found.add(node.line_of("since"), "rules.bad_date", f"{what}: 'since' must be a date", "2026-11-21")
        return date.min


def _options(node: Located, parser: ConditionParser, found: FaultList, what: str) -> tuple[Chosen, ...]:
    items = read_tables(node, "options", found, what)
    options = []
    for place, item in enumerate(items, 1):
        if not check_keys(item, keys.CHOSEN, keys.required_of(keys.CHOSEN), found, f"{what}: option"):
            continue
        when = parser.parse(item["when"], item.line_of("when")) if "when" in item else None
        if "when" not in item and place < len(items):
            message = f"{what}: nothing after option '{item['id']}' can be chosen: it has no `when`"
            found.add(item.line, "rules.unreachable", message, "put it last")
        options.append(Chosen(read_name(item, "id", found, what), when))
    return tuple(options)


def _source(node: Located, found: FaultList, what: str) -> Measure | ContactField | None:
    """Where a number, a date or a text comes from."""
    given = node["value"]
    if not isinstance(given, Located) or not check_keys(given, keys.SOURCE, (), found, what) or len(given) != 1:
        hint = "`value: {measure: NAME}` or `value: {contact: FIELD}`"
        found.add(node.line_of("value"), "rules.bad_value", f"{what}: 'value' names one source", hint)
        return None
    if "contact" in given:
        name, known = read_name(given, "contact", found, what), (*CONTACT_FIELDS, *AGENT_FIELDS, *HISTORY_FIELDS)
        if name not in known and not name.startswith("x_"):
            hint = nearest_hint(name, known) + "; a site's own column begins with 'x_'"
            found.add(given.line, "rules.unknown_field", f"no contact field '{name}'", hint)
        return ContactField(name)
    name = read_name(given, "measure", found, what)
    if name not in MEASURES:
        found.add(given.line, "rules.unknown_measure", f"no measure '{name}'", nearest_hint(name, MEASURES))
    return Measure(name)


def _stand_in(options: tuple[Chosen, ...], value: Measure | ContactField | None) -> Condition | None:
    """What such a rule shows as its condition: any of its options holds; its value is known."""
    if options:
        parts = tuple(option.when for option in options if option.when is not None)
        return AnyOf(parts or (AnyOf((), 0),))
    return value


def rules_of(rules: Mapping[str, Rule | None]) -> tuple[Rule, ...]:
    """Those that aren't faulty."""
    return tuple(rule for rule in rules.values() if rule is not None)
