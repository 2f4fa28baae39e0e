"""Checks of a pack beyond its syntax: its lock and its proof."""

from collections.abc import Sequence
from pathlib import Path

from qm.errors import Fault
from qm.rules.cases import CaseResult, load_cases, missing_proof, run_case
from qm.rules.lock import LOCK_FILE, lock_faults, read_lock, write_lock
from qm.rules.pack import Pack
from qm.rules.scene import Thresholds

__all__ = ["LOCK_FILE", "lock_faults", "prove", "read_lock", "write_lock"]


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
