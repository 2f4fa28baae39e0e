"""The lock: which bytes each published version of a pack has. A version's bytes change no more; changes go forward."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qm.errors import Fault, RulePackError
from qm.rules.pack import Pack

LOCK_FILE = "lock.json"


@dataclass(frozen=True)
class Locked:
    """What is locked of one pack.

    Attributes:
        earlier: hash by version, of those published before.
    """

    version: str
    sha256: str
    earlier: Mapping[str, str] = field(default_factory=dict)

    def hash_of(self, version: str) -> str | None:
        """The locked hash of a version; `None` where it isn't locked."""
        return self.sha256 if version == self.version else self.earlier.get(version)


Lock = Mapping[str, Locked]


def read_lock(root: Path) -> dict[str, Locked]:
    """What is locked, by pack; empty where there is no lock yet.

    Raises:
        RulePackError: the file isn't a lock.
    """
    path = root / LOCK_FILE
    if not path.exists():
        return {}
    try:
        given: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return {
            pack: Locked(str(entry["version"]), str(entry["sha256"]), dict(entry.get("earlier", {})))
            for pack, entry in given.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "restore it from the project's history"
        raise RulePackError((Fault(str(path), 0, "rules.bad_lock", f"isn't a lock: {error!r}", hint),)) from error


def lock_faults(packs: Sequence[Pack], locked: Lock) -> list[Fault]:
    """A fault for each pack that isn't locked, changed under its version, or went back; drafts need no lock."""
    return [fault for pack in packs if (fault := _fault_of(pack, locked.get(pack.id))) is not None]


def _fault_of(pack: Pack, entry: Locked | None) -> Fault | None:
    known = entry.hash_of(pack.version) if entry else None
    if pack.form.draft:
        if known is None:
            return None
        message = f"pack '{pack.id}' {pack.version} was published and can't be a draft again"
        return Fault(LOCK_FILE, 0, "rules.changed", message, "raise the version")
    if known is not None and known != pack.sha256:
        message = f"pack '{pack.id}' changed, but its version is still {pack.version}"
        return Fault(LOCK_FILE, 0, "rules.changed", message, "raise the version, then run `qm rules lock`")
    if entry is None or known is None:
        message = f"pack '{pack.id}' {pack.version} isn't locked"
        return Fault(LOCK_FILE, 0, "rules.not_locked", message, "run `qm rules lock`")
    return None


def write_lock(root: Path, packs: Sequence[Pack], unused: frozenset[str] = frozenset()) -> list[Fault]:
    """Lock every published pack whose version is new; changed packs under an old version are refused and returned.

    Args:
        unused: ids of packs under whose version nothing was evaluated yet: their bytes may still change.
    """
    locked = read_lock(root)
    refused = [
        fault for pack in packs for fault in lock_faults([pack], locked)
        if fault.code == "rules.changed" and (pack.form.draft or pack.id not in unused)
    ]  # fmt: skip
    if not refused:
        entries = {pack.id: _entry(pack, locked.get(pack.id)) for pack in packs if not pack.form.draft}
        kept = {name: _plain(entry) for name, entry in locked.items()}
        (root / LOCK_FILE).write_text(json.dumps(kept | entries, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return refused


def _entry(pack: Pack, before: Locked | None) -> dict[str, Any]:
    earlier = dict(before.earlier) if before else {}
    if before and before.version != pack.version:
        earlier[before.version] = before.sha256
    earlier.pop(pack.version, None)
    return _plain(Locked(pack.version, pack.sha256, earlier))


def _plain(entry: Locked) -> dict[str, Any]:
    plain: dict[str, Any] = {"version": entry.version, "sha256": entry.sha256}
    return plain | ({"earlier": dict(sorted(entry.earlier.items()))} if entry.earlier else {})
