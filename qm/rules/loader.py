"""Read rule packs from YAML. Every fault of every file is collected before anything is refused."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from qm.analysis.compile_phrases import WordClasses
from qm.analysis.measure_talk import MEASURES
from qm.analysis.normalise_text import normalise
from qm.domain.form import Criterion, Form, Section
from qm.domain.text import Language
from qm.errors import Fault, NotFoundError, RulePackError
from qm.rules.located import (
    FaultList,
    Located,
    check_keys,
    nearest_hint,
    read_number,
    read_strings,
    read_text,
)
from qm.rules.pack import Pack, Rule
from qm.rules.parse_conditions import ConditionParser, PhraseLists, read_phrases

_PACK_KEYS = ("pack", "version", "title", "pass_mark", "families", "words", "phrases", "sections")
_SECTION_KEYS = ("id", "title", "weight", "criteria")
_CRITERION_KEYS = ("rule", "points", "automatic_fail")
_RULE_NEEDS = (
    "id",
    "title",
    "explanation",
    "action",
    "status",
    "since",
    "rationale",
    "references",
    "false_alarms",
    "met",
)
_STATUSES = ("experimental", "stable", "deprecated")


_FASTEST = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _LineLoader(_FASTEST):  # type: ignore[misc,valid-type]
    """SafeLoader that keeps lines and refuses a key given twice."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> Located:
    lines: dict[str, int] = {}
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node))
        if key in values:
            raise yaml.constructor.ConstructorError(None, None, f"key '{key}' is given twice", key_node.start_mark)
        lines[key] = key_node.start_mark.line + 1
        values[key] = loader.construct_object(value_node, deep=True)
    return Located(values, line=node.start_mark.line + 1, lines=lines)


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, shown: str) -> tuple[Any, list[Fault]]:
    """The content of a YAML file with line numbers, or the fault that stops it being read."""
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_LineLoader), []  # noqa: S506 - derives from SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        return None, [Fault(shown, 0, "rules.unreadable", f"can't be read: {error}")]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faulty = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
        hint = "indent with spaces, not tabs" if "\t" in faulty else ""
        return None, [Fault(shown, line, "rules.bad_yaml", str(error.problem), hint)]
    except yaml.YAMLError as error:
        return None, [Fault(shown, 0, "rules.bad_yaml", str(error))]


def load_packs(root: Path) -> tuple[Pack, ...]:
    """All packs below `root`, by id.

    Raises:
        NotFoundError: `root` holds no pack.
        RulePackError: with every fault of every pack.
    """
    folders = sorted(path.parent for path in root.glob("*/pack.yaml"))
    if not folders:
        raise NotFoundError("rules.no_packs", f"no rule pack below {root}", "set QM_RULES to a folder of packs")
    packs, faults = [], []
    for folder in folders:
        pack, found = load_pack(folder, root)
        faults.extend(found)
        if pack is not None:
            packs.append(pack)
    faults.extend(_shared_ids(packs))
    if faults:
        raise RulePackError(tuple(faults))
    return tuple(packs)


def _shared_ids(packs: list[Pack]) -> list[Fault]:
    seen: dict[str, str] = {}
    faults = []
    for pack in packs:
        for rule in pack.rules:
            other = seen.setdefault(rule.id, pack.id)
            if other != pack.id:
                faults.append(
                    Fault(pack.id, 0, "rules.duplicate_id", f"rule '{rule.id}' also stands in pack '{other}'")
                )
    return faults


def load_pack(folder: Path, root: Path) -> tuple[Pack | None, list[Fault]]:
    """One pack and its faults; no pack where there is any fault."""
    shown = str((folder / "pack.yaml").relative_to(root.parent))
    node, faults = read_yaml(folder / "pack.yaml", shown)
    if faults:
        return None, faults
    found = FaultList(shown)
    if not isinstance(node, Located):
        found.add(0, "rules.bad_pack", "a pack is a mapping", "see docs/rules.md")
        return None, found.faults
    if not check_keys(node, _PACK_KEYS, ("pack", "version", "title", "families", "sections"), found, "pack"):
        return None, found.faults
    classes = _word_classes(node, found)
    lists = _phrase_lists(node, classes, found)
    rules: list[Rule] = []
    for family in read_strings(node, "families", found, "pack"):
        family_file = str((folder / f"{family}.yaml").relative_to(root.parent))
        more, family_faults = _load_family(folder / f"{family}.yaml", root, lists, classes)
        for rule in more:
            if any(rule.id == other.id for other in rules):
                found.faults.append(Fault(family_file, 0, "rules.duplicate_id", f"rule '{rule.id}' is given twice"))
            rules.append(rule)
        found.faults.extend(family_faults)
    form = _form(node, {rule.id: rule for rule in rules}, found)
    if found.faults or form is None:
        return None, found.faults
    return Pack(str(node["pack"]), str(node["version"]), hash_pack(folder), form, tuple(rules)), []


def hash_pack(folder: Path) -> str:
    """SHA-256 over names and bytes of a pack's files, without its cases."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        if not path.name.endswith(".cases.yaml"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _mapping_of(node: Located, key: str, found: FaultList) -> Located:
    """The mapping under a key; empty, with a fault, where it's something else."""
    value = node.get(key) or Located()
    if isinstance(value, Located):
        return value
    found.add(node.line_of(key), "rules.bad_list", f"'{key}' must be a mapping of names to lists")
    return Located()


def _word_classes(node: Located, found: FaultList) -> WordClasses:
    """Classes of single words that phrases name as `@class`; both languages share them."""
    given = _mapping_of(node, "words", found)
    classes = {}
    for name in given:
        words = [piece for text in read_strings(given, name, found, "words") for piece in normalise(text)]
        classes[name] = frozenset(words)
        if not words or name == "agent":
            found.add(given.line_of(name), "rules.bad_list", f"word class '{name}' is empty or reserved")
    return classes


def _phrase_lists(node: Located, classes: WordClasses, found: FaultList) -> PhraseLists:
    lists: dict[str, dict[Language, tuple[str, ...]]] = {}
    for name, value in _mapping_of(node, "phrases", found).items():
        if isinstance(value, Located) and set(value) <= {"it", "en"}:
            lists[name] = {language: read_phrases(value, language.value, classes, found) for language in Language}
        else:
            found.add(node.line_of("phrases"), "rules.bad_list", f"phrase list '{name}' needs `it:` and `en:`")
    return lists


def _load_family(path: Path, root: Path, lists: PhraseLists, classes: WordClasses) -> tuple[list[Rule], list[Fault]]:
    shown = str(path.relative_to(root.parent))
    node, faults = read_yaml(path, shown)
    if faults:
        return [], faults
    found = FaultList(shown)
    if not isinstance(node, Located) or not isinstance(node.get("rules"), list):
        found.add(0, "rules.bad_family", "a family is a mapping with `rules:`", "see docs/rules.md")
        return [], found.faults
    check_keys(node, ("family", "rules"), ("rules",), found, "family")
    parser = ConditionParser(found, lists, classes, MEASURES)
    rules = [rule for item in node["rules"] if (rule := _rule(item, parser, found)) is not None]
    return rules, found.faults


def _rule(node: Any, parser: ConditionParser, found: FaultList) -> Rule | None:
    if not isinstance(node, Located):
        found.add(0, "rules.bad_rule", "a rule is a mapping")
        return None
    what = f"rule '{node.get('id', '?')}'"
    if not check_keys(node, (*_RULE_NEEDS, "applies"), _RULE_NEEDS, found, what):
        return None
    applies = parser.parse(node["applies"], node.line_of("applies")) if "applies" in node else None
    met = parser.parse(node["met"], node.line_of("met"))
    if node["status"] not in _STATUSES:
        hint = nearest_hint(str(node["status"]), _STATUSES)
        found.add(node.line_of("status"), "rules.bad_value", f"{what}: unknown status", hint)
    since = node["since"]
    if not isinstance(since, date):
        found.add(node.line_of("since"), "rules.bad_date", f"{what}: 'since' must be a date", "2026-11-21")
        since = date.min
    title, explanation, action = (read_text(node, key, found, what) for key in ("title", "explanation", "action"))
    references, alarms = (read_strings(node, key, found, what) for key in ("references", "false_alarms"))
    if met is None:
        return None
    return Rule(str(node["id"]), title, explanation, action, str(node["status"]), since, str(node["rationale"]),
                references, alarms, met, applies)  # fmt: skip


def _form(node: Located, rules: dict[str, Rule], found: FaultList) -> Form | None:
    sections = []
    used: set[str] = set()
    if not isinstance(node["sections"], list):
        found.add(node.line_of("sections"), "rules.bad_section", "'sections' must be a list", "start each with '- '")
        return None
    for item in node["sections"]:
        if not isinstance(item, Located):
            found.add(node.line_of("sections"), "rules.bad_section", "a section is a mapping")
        elif check_keys(item, _SECTION_KEYS, _SECTION_KEYS, found, "section"):
            section = _section(item, rules, used, found)
            sections.extend([section] if section else [])
    for rule_id in rules.keys() - used:
        found.add(node.line_of("sections"), "rules.unused", f"rule '{rule_id}' stands in no section of the form")
    mark = read_number(node, "pass_mark", found, "pack")
    if mark is not None and mark > 100:
        found.add(node.line_of("pass_mark"), "rules.bad_number", f"pack: pass_mark {mark:g} lies above 100")
    title = read_text(node, "title", found, "pack")
    if found.faults or not sections:
        return None
    return Form(str(node["pack"]), str(node["version"]), title, tuple(sections), 80.0 if mark is None else mark)


def _criterion(entry: Located, rule: Rule, found: FaultList) -> Criterion:
    points = read_number(entry, "points", found, rule.id)
    if points == 0:
        found.add(entry.line_of("points"), "rules.bad_number", f"{rule.id}: 'points' must be above 0")
    fails = entry.get("automatic_fail", False)
    if not isinstance(fails, bool):
        found.add(entry.line_of("automatic_fail"), "rules.bad_value", f"{rule.id}: 'automatic_fail' is true or false")
    return Criterion(rule.id, rule.title, rule.explanation, rule.action, points or 1.0, fails is True)


def _section(item: Located, rules: dict[str, Rule], used: set[str], found: FaultList) -> Section | None:
    criteria = []
    what = f"section '{item['id']}'"
    for entry in item["criteria"] if isinstance(item["criteria"], list) else []:
        if not isinstance(entry, Located):
            found.add(item.line_of("criteria"), "rules.bad_section", f"{what}: a criterion is a mapping", "{rule: …}")
            continue
        if not check_keys(entry, _CRITERION_KEYS, ("rule",), found, what):
            continue
        rule = rules.get(str(entry["rule"]))
        if rule is None:
            hint = nearest_hint(str(entry["rule"]), rules)
            found.add(entry.line, "rules.unknown_rule", f"{what}: no rule '{entry['rule']}'", hint)
            continue
        if rule.id in used:
            found.add(entry.line, "rules.used_twice", f"{what}: rule '{rule.id}' already stands in the form")
        used.add(rule.id)
        criteria.append(_criterion(entry, rule, found))
    weight = read_number(item, "weight", found, what)
    title = read_text(item, "title", found, what)
    if not criteria or not weight:
        found.add(item.line, "rules.bad_section", f"{what}: needs criteria and a weight above 0")
        return None
    return Section(str(item["id"]), title, weight, tuple(criteria))
