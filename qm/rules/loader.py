"""Read rule packs from YAML. Every fault of every file is collected before anything is refused."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qm.analysis.compile_phrases import WordClasses
from qm.analysis.measure_talk import MEASURES
from qm.analysis.normalise_text import normalise
from qm.domain.text import Language
from qm.errors import Fault, NotFoundError, RulePackError
from qm.rules import keys
from qm.rules.check_answers import answer_faults
from qm.rules.located import FaultList, Located, check_keys, read_strings
from qm.rules.pack import Pack, Place, Rule
from qm.rules.parse_conditions import ConditionParser, PhraseLists, read_phrases
from qm.rules.parse_form import FormParser
from qm.rules.parse_rule import parse_family, rules_of
from qm.rules.yaml_file import Parsed, read_yaml

__all__ = ["PACK_FILE", "build_pack", "hash_pack", "load_pack", "load_packs", "read_yaml", "shared_ids"]

PACK_FILE = "pack.yaml"


def load_packs(root: Path, *, drafts: bool = False) -> tuple[Pack, ...]:
    """All packs below `root`, by id.

    Args:
        drafts: whether those come too whose form isn't published. Their faults are told in any case.

    Raises:
        NotFoundError: `root` holds no pack.
        RulePackError: with every fault of every pack.
    """
    folders = sorted(path.parent for path in root.glob(f"*/{PACK_FILE}"))
    if not folders:
        raise NotFoundError("rules.no_packs", f"no rule pack below {root}", "set QM_RULES to a folder of packs")
    packs, faults = [], []
    for folder in folders:
        pack, found = load_pack(folder, root)
        faults.extend(found)
        if pack is not None:
            packs.append(pack)
    faults.extend(shared_ids(packs))
    if faults:
        raise RulePackError(tuple(faults))
    return tuple(pack for pack in packs if drafts or not pack.form.draft)


def shared_ids(packs: Sequence[Pack]) -> list[Fault]:
    """Faults for ids that stand in two packs: of packs, and of criteria. A draft may be the next version of a pack."""
    seen: dict[str, Pack] = {}
    faults = []
    for pack in sorted(packs, key=lambda pack: pack.form.draft):
        for kind, name in (("pack", pack.id), *(("rule", criterion.id) for criterion in pack.form.criteria)):
            other = seen.setdefault(f"{kind} {name}", pack)
            if other is not pack and not (pack.form.draft and not other.form.draft and other.id == pack.id):
                place = pack.places.get(f"rule:{name}") or pack.places.get(f"criterion:{name}") or pack.places["pack"]
                message = f"{kind} '{name}' also stands in pack '{other.id}' ({other.places['pack'].file})"
                faults.append(Fault(place.file, place.line, "rules.duplicate_id", message, "rename one"))
    return faults


def load_pack(folder: Path, root: Path) -> tuple[Pack | None, list[Fault]]:
    """One pack and its faults; no pack where there is any fault."""
    shown = _shown(folder / PACK_FILE, root)
    node, faults = read_yaml(folder / PACK_FILE, shown)
    if faults:
        return None, faults

    def read_family(name: str) -> Parsed:
        path = folder / f"{name}.yaml"
        return Parsed(_shown(path, root), *read_yaml(path, _shown(path, root)))

    return build_pack(node, shown, read_family, hash_pack(folder))


def build_pack(
    node: Any, shown: str, read_family: Callable[[str], Parsed], sha256: str
) -> tuple[Pack | None, list[Fault]]:
    """A pack from the tree of its `pack.yaml` and its families', and what is wrong with them."""
    found = FaultList(shown)
    if not isinstance(node, Located):
        found.add(0, "rules.bad_pack", "a pack is a mapping", "see docs/rules.md")
        return None, found.faults
    check_keys(node, keys.PACK, keys.required_of(keys.PACK), found, "pack")
    classes = _word_classes(node, found)
    lists = _phrase_lists(node, classes, found)
    places: dict[str, Place] = {"pack": Place(shown, node.line, node.lines)}
    rules: dict[str, Rule | None] = {}
    for family in read_strings(node, "families", found, "pack"):
        rules |= parse_family(read_family(family), lists, classes, places, found)
    parser = FormParser(rules, ConditionParser(found, lists, classes, MEASURES), found)
    form = parser.parse(node) if isinstance(node.get("sections"), list) else None
    if found.faults or form is None:
        return None, found.faults or [Fault(shown, 0, "rules.bad_section", "'sections' holds no section")]
    pack = Pack(form.id, form.version, sha256, form, rules_of(rules), parser.shown, places | parser.places)
    wrong = answer_faults(pack)
    return (None, wrong) if wrong else (pack, [])


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root.parent))


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
    given = _mapping_of(node, "phrases", found)
    for name, value in given.items():
        if isinstance(value, Located) and set(value) <= {"it", "en"}:
            lists[name] = {language: read_phrases(value, language.value, classes, found) for language in Language}
        else:
            found.add(given.line_of(name), "rules.bad_list", f"phrase list '{name}' needs `it:` and `en:`")
    return lists
