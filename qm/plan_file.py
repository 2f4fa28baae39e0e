"""Read a plan of the site from its YAML file: the whole plan, or all its faults, each with file and line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from qm.errors import SettingsError
from qm.rules.located import FaultList
from qm.rules.yaml_file import read_yaml

Plan = TypeVar("Plan")


@dataclass(frozen=True)
class About:
    """How a plan's faults are told: the setting that names its file, their codes, and where it's explained."""

    setting: str
    faulty: str
    unreadable: str
    page: str


def read_plan_file(path: str, build: Callable[[Any, FaultList], Plan], default: Plan, about: About) -> Plan:
    """What `build` makes of the file's content.

    Raises:
        SettingsError: the file can't be read, or has faults: all of them, each with file and line.
    """
    node, faults = read_yaml(Path(path), path)
    found = FaultList(path, faults)
    plan = default if found.faults else build(node, found)
    if found.faults:
        told = "\n".join(str(fault) for fault in found.faults)
        is_read = node is not None or len(found.faults) > 1
        message = f"the plan of {about.setting} can't be used:\n{told}"
        raise SettingsError(about.faulty if is_read else about.unreadable, message, f"see {about.page}")
    return plan
