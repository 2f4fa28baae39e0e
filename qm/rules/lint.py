"""Checks of a pack beyond its syntax: its lock and its proof."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from qm.errors import Fault, RulePackError
from qm.rules.cases import CaseResult, load_cases, missing_proof, run_case
from qm.rules.pack import Pack
from qm.rules.scene import Thresholds

LOCK_FILE = "lock.json"


def read_lock(root: Path) -> dict[str, dict[str, str]]:
    """Version and hash by pack, as locked; empty where there is no lock yet."""
    path = root / LOCK_FILE
    if not path.exists():
        return {}
    try:
        locked: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
        return {pack: {"version": entry["version"], "sha256": entry["sha256"]} for pack, entry in locked.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "restore it from the project's history"
        raise RulePackError((Fault(str(path), 0, "rules.bad_lock", f"isn't a lock: {error!r}", hint),)) from error


def lock_faults(packs: Sequence[Pack], locked: Mapping[str, Mapping[str, str]]) -> list[Fault]:
    """A fault for each pack that changed without a new version, or that isn't locked at all."""
    faults = []
    for pack in packs:
        entry = locked.get(pack.id)
        if entry is None or entry["version"] != pack.version:
            message = f"pack '{pack.id}' {pack.version} isn't locked"
            faults.append(Fault(LOCK_FILE, 0, "rules.not_locked", message, "run `qm rules lock`"))
        elif entry["sha256"] != pack.sha256:
            message = f"pack '{pack.id}' changed, but its version is still {pack.version}"
            faults.append(Fault(LOCK_FILE, 0, "rules.changed", message, "raise the version, then run `qm rules lock`"))
    return faults


def write_lock(root: Path, packs: Sequence[Pack]) -> list[Fault]:
    """Lock every pack whose version is new; changed packs under an old version are refused and returned."""
    locked = read_lock(root)
    refused = [fault for fault in lock_faults(packs, locked) if fault.code == "rules.changed"]
    if not refused:
        entries = {pack.id: {"version": pack.version, "sha256": pack.sha256} for pack in packs}
        (root / LOCK_FILE).write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return refused


def prove(root: Path, packs: Sequence[Pack], thresholds: Thresholds) -> tuple[list[CaseResult], list[Fault]]:
    """Run every case of every pack; faults are broken case files and missing proof."""
    results: list[CaseResult] = []
    faults: list[Fault] = []
    for pack in packs:
        folder = root / pack.id
        cases, found = load_cases(pack, folder, root)
        faults.extend(found)
        faults.extend(missing_proof(pack, cases, f"{root.name}/{pack.id}"))
        results.extend(run_case(pack, case, thresholds) for case in cases)
    return results, faults
