"""From the tree of `pack.yaml` to the form, with the conditions under which its criteria are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qm.domain.form import Criterion, Form, Section
from qm.domain.scales import FULL_MARK, Weighting
from qm.domain.text import Language
from qm.rules import keys
from qm.rules.conditions import All, Condition
from qm.rules.located import (
    FaultList,
    Located,
    check_keys,
    read_choice,
    read_flag,
    read_name,
    read_tables,
    read_text,
    read_up_to,
)
from qm.rules.pack import Place, Rule
from qm.rules.parse_conditions import ConditionParser
from qm.rules.parse_criterion import check_percents, parse_bands, parse_criterion, read_weight, unknown_rule

PASS_MARK = 80.0
"""Where a form doesn't give one."""


@dataclass
class FormParser:
    """Parses one form.

    Args:
        rules: by id; a rule that was declared but is faulty is `None`.

    Attributes:
        shown: condition by criterion, that of its sections before its own.
        places: file and line by `section:ID` and `criterion:ID`.
    """

    rules: Mapping[str, Rule | None]
    conditions: ConditionParser
    found: FaultList
    weighting: Weighting = Weighting.SECTION
    shown: dict[str, Condition] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    _entries: list[Located] = field(default_factory=list)

    def parse(self, node: Located) -> Form | None:
        """The form, `None` where anything in it is faulty."""
        found, before = self.found, len(self.found.faults)
        name, version = (read_name(node, key, found, "pack") for key in ("pack", "version"))
        title = read_text(node, "title", found, "pack")
        choices = (read_choice(node, key, keys.PACK[key].choices, found, "pack") for key in ("weighting", "status"))
        weighting, status = choices
        self.weighting = Weighting(weighting or Weighting.SECTION)
        mark = read_up_to(node, "pass_mark", FULL_MARK, found, "pack")
        bands, languages = parse_bands(node, found, "pack"), self._languages(node)
        sections = self._sections(node, "pack", ())
        if self.weighting is Weighting.QUESTION:
            check_percents(self._entries, node.line_of("sections"), found, "pack")
        for rule_id in self.rules.keys() - set(self.places_of("criterion")):
            line = node.line_of("sections")
            found.add(line, "rules.unused", f"rule '{rule_id}' stands in no section of the form", "add it to one")
        if len(found.faults) > before or not sections:
            return None
        mark = PASS_MARK if mark is None else mark
        return Form(name, version, title, sections, mark, self.weighting, bands, languages, status == keys.STATES[0])

    def places_of(self, kind: str) -> list[str]:
        """Ids of the sections or criteria met so far."""
        return [name.partition(":")[2] for name in self.places if name.startswith(f"{kind}:")]

    def _languages(self, node: Located) -> tuple[Language, ...]:
        given, known = node.get("languages"), [language.value for language in Language]
        if given is None:
            return tuple(Language)
        wrong = [name for name in given if name not in known] if isinstance(given, list) else [given]
        if wrong or not given:
            hint = "a list of " + ", ".join(known)
            self.found.add(node.line_of("languages"), "rules.bad_value", f"pack: unknown languages {given}", hint)
            return ()
        return tuple(Language(name) for name in dict.fromkeys(given))

    def _sections(self, node: Located, what: str, above: tuple[Condition, ...]) -> tuple[Section, ...]:
        if not isinstance(node.get("sections"), list):
            line = node.line_of("sections")
            self.found.add(line, "rules.bad_section", f"{what}: 'sections' must be a list", "start each with '- '")
            return ()
        items = read_tables(node, "sections", self.found, what)
        if self.weighting is Weighting.SECTION:
            check_percents(items, node.line_of("sections"), self.found, what)
        known = keys.SECTION
        return tuple(
            section for item in items
            if check_keys(item, known, keys.required_of(known), self.found, f"{what}: section")
            and (section := self._section(item, above)) is not None
        )  # fmt: skip

    def _section(self, item: Located, above: tuple[Condition, ...]) -> Section | None:
        found, before = self.found, len(self.found.faults)
        name = read_name(item, "id", found, "section")
        what = f"section '{name}'"
        self._place("section", name, item)
        title, bands = read_text(item, "title", found, what), parse_bands(item, found, what)
        weight, mark = read_weight(item, found, what), read_up_to(item, "pass_mark", FULL_MARK, found, what)
        na = read_flag(item, "na", found, what, absent=True)
        above = (*above, *self._when(item))
        has_criteria = isinstance(item.get("criteria"), list)
        criteria = [self._criterion(entry, what, above) for entry in read_tables(item, "criteria", found, what)]
        inner = self._sections(item, what, above) if "sections" in item else ()
        missing = "weight" not in item and self.weighting is Weighting.SECTION
        if missing or weight == 0 or has_criteria == bool(inner):
            hint = "criteria, or sections that hold criteria, not both"
            found.add(item.line, "rules.bad_section", f"{what}: needs criteria and a weight above 0", hint)
        if any(section.sections for section in inner):
            found.add(item.line, "rules.bad_section", f"{what}: sections may nest once", "move the inner ones up")
        if len(found.faults) > before:
            return None
        whole = tuple(criterion for criterion in criteria if criterion is not None)
        try:
            return Section(name, title, 1.0 if weight is None else weight, whole, inner, mark, bands, na)
        except ValueError as error:
            found.add(item.line, "rules.bad_section", f"{what}: {error}")
            return None

    def _criterion(self, entry: Located, what: str, above: tuple[Condition, ...]) -> Criterion | None:
        if not self._is_whole(entry, what):
            return None
        key = "rule" if "rule" in entry else "criterion"
        name = read_name(entry, key, self.found, what)
        rule = self._rule(entry, name, what) if key == "rule" else None
        self._entries.append(entry)
        parts = (*above, *self._when(entry))
        if parts:
            self.shown[name] = parts[0] if len(parts) == 1 else All(parts)
        if key == "rule" and rule is None:
            return None
        return parse_criterion(entry, rule, self.weighting, self.found)

    def _is_whole(self, entry: Located, what: str) -> bool:
        """Whether keys are known and none is missing; its place is noted in any case, lest its rule seem unused."""
        given = [key for key in ("rule", "criterion") if key in entry]
        name = str(entry[given[0]]) if given else ""
        if name and (f"criterion:{name}" in self.places or (given == ["criterion"] and name in self.rules)):
            self.found.add(entry.line, "rules.used_twice", f"{what}: '{name}' already stands in the form", "keep one")
        self._place("criterion", name, entry)
        needed = keys.WORDING if given == ["criterion"] else ()
        what = f"criterion '{name}'" if name else what
        if len(given) != 1:
            hint = "`rule:` where a rule answers it, `criterion:` where only people do"
            self.found.add(entry.line, "rules.missing_key", f"{what}: has one of rule and criterion", hint)
        return check_keys(entry, keys.CRITERION, needed, self.found, what) and len(given) == 1

    def _rule(self, entry: Located, name: str, what: str) -> Rule | None:
        if name not in self.rules:
            known = {rule_id: rule for rule_id, rule in self.rules.items() if rule is not None}
            unknown_rule(entry, known, self.found, what)
        return self.rules.get(name)

    def _when(self, node: Located) -> tuple[Condition, ...]:
        if "when" not in node:
            return ()
        condition = self.conditions.parse(node["when"], node.line_of("when"))
        return (condition,) if condition is not None else ()

    def _place(self, kind: str, name: str, node: Located) -> None:
        if kind == "section" and f"section:{name}" in self.places:
            self.found.add(node.line, "rules.duplicate_id", f"section '{name}' is given twice", "rename one")
        self.places[f"{kind}:{name}"] = Place(self.found.file, node.line)
