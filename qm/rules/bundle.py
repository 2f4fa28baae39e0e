"""A pack as one document (YAML or JSON) and back: the form, its rules, their phrases and their cases.

Comments and layout stay behind; form and rules come back equal.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from qm.errors import Fault
from qm.rules.located import FaultList, Located, check_keys
from qm.rules.pack import Pack
from qm.rules.yaml_file import Parsed, read_yaml

SCHEMA = "form/1"
BUNDLE_KEYS = ("schema", "pack", "families", "cases")
CASES = ".cases"


def read_bundle(folder: Path) -> dict[str, Any]:
    """The document of a pack that lies in a folder and has no faults."""
    pack = plain(read_yaml(folder / "pack.yaml", "pack.yaml")[0])
    names = [str(name) for name in pack.get("families", [])]
    bundle: dict[str, Any] = {"schema": SCHEMA, "pack": pack}
    for key, ending in (("families", ""), ("cases", CASES)):
        paths = {name: folder / f"{name}{ending}.yaml" for name in names}
        bundle[key] = {name: plain(read_yaml(path, name)[0]) for name, path in paths.items() if path.exists()}
    return bundle


def plain(value: Any) -> Any:
    """YAML values as JSON knows them: dates become texts."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


Builder = Callable[[Any, str, Callable[[str], Parsed], str], tuple[Pack | None, list[Fault]]]


def unpack(node: Any, shown: str, build: Builder) -> tuple[Pack | None, list[Fault]]:
    """The pack in a document, and what is wrong with it, by the document's own lines.

    Args:
        build: `qm.rules.loader.build_pack`.
    """
    found = FaultList(shown)
    if not isinstance(node, Located) or not isinstance(node.get("pack"), Located):
        hint = "as `qm forms export` writes it"
        return None, [Fault(shown, 0, "forms.bad_document", "a form document is a mapping with `pack:`", hint)]
    check_keys(node, BUNDLE_KEYS, ("schema", "pack"), found, "document")
    if node.get("schema") != SCHEMA:
        found.add(node.line_of("schema"), "forms.bad_document", f"schema is {node.get('schema')!r}", SCHEMA)
    families = node.get("families") or Located()
    if not isinstance(families, Located):
        found.add(node.line_of("families"), "forms.bad_document", "'families' is a mapping of names to rules")
        families = Located()

    def family(name: str) -> Parsed:
        if name in families:
            return Parsed(shown, families[name], [])
        missing = Fault(shown, 0, "rules.unreadable", f"family '{name}' isn't in the document", "see `families:`")
        return Parsed(shown, None, [missing])

    pack, faults = build(node["pack"], shown, family, "")
    return (None if found.faults else pack), [*found.faults, *faults]


def files_of(node: Located) -> dict[str, Any]:
    """What to write where: the trees of a document by file name."""
    files = {"pack": node["pack"], **(node.get("families") or {})}
    files |= {f"{name}{CASES}": tree for name, tree in (node.get("cases") or {}).items()}
    return {f"{name}.yaml": plain(tree) for name, tree in files.items()}
