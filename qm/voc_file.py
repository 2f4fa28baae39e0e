"""Read the site's plan for the voice of the customer: a YAML file whose faults are all told together."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from qm.domain.voc_plan import VocPlan
from qm.plan_file import About, read_plan_file
from qm.rules.located import FaultList, Located, check_keys
from qm.voc_cases_section import in_site_zone, read_cases
from qm.voc_sections import read_day, read_milestones, read_sampling, read_scales, read_targets

ABOUT = About("QM_VOC", "voc.faulty", "voc.unreadable", "docs/voc.md")
Section = Callable[[Any, int, VocPlan, FaultList], Any]
"""Reads one key: its value, its line, the plan so far and the faults. `None`: it has faults, the default stays."""
SECTIONS: Mapping[str, tuple[str, Section]] = {
    "scales": ("scales", read_scales),
    "day": ("window", read_day),
    "sampling": ("sampling", read_sampling),
    "targets": ("targets", read_targets),
    "milestones": ("milestones", read_milestones),
    "cases": ("cases", read_cases),
}
"""By key of the file: the plan's attribute and what reads it. In this order: targets name scales."""


def read_plan(path: str) -> VocPlan:
    """The plan that a YAML file gives, each part that it leaves out as by default; the defaults where `path` is empty.

    Raises:
        SettingsError: the file can't be read, or has faults: all of them, each with file and line.
    """
    return read_plan_file(path, _plan, VocPlan(), ABOUT) if path else VocPlan()


def _plan(node: Any, found: FaultList) -> VocPlan:
    plan = VocPlan()
    if node is None:
        return plan
    if not isinstance(node, Located):
        found.add(1, "rules.bad_value", "the plan must be a mapping", f"its keys: {', '.join(SECTIONS)}")
        return plan
    check_keys(node, SECTIONS, (), found, "plan")
    for key, (attribute, read) in SECTIONS.items():
        if node.get(key) is not None:
            value = read(node[key], node.line_of(key), plan, found)
            plan = plan if value is None else replace(plan, **{attribute: value})
    return in_site_zone(plan)
