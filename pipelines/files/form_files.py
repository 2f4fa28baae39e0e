"""Publish a draft, and take a form in as one: nothing that answered a contact changes."""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from qm.errors import Fault, InputError, NotFoundError, StorageError
from qm.rules.bundle import SCHEMA, files_of, unpack
from qm.rules.form_table import read_table
from qm.rules.loader import PACK_FILE, build_pack, load_pack, load_packs, shared_ids
from qm.rules.located import Located
from qm.rules.lock import read_lock, write_lock
from qm.rules.pack import Pack
from qm.rules.yaml_file import parse_yaml, write_yaml

EARLIER = "earlier"
"""Folder, beside the packs, of versions that another has replaced."""
DRAFT_ENDING = ".draft"
"""A draft of the next version lies in `NAME.draft`, beside the published `NAME`."""
_SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DRAFT_LINE = re.compile(r"^status:[ \t]*[\"']?draft[\"']?(?=[ \t]*(#.*)?$)", re.MULTILINE)


def find_pack(packs: Sequence[Pack], form_id: str, *, draft: bool = False) -> Pack:
    """The pack of a form: the published one, else its draft; the other way round with `draft`.

    Raises:
        NotFoundError: there is neither.
    """
    own = sorted((p for p in packs if p.form.id == form_id), key=lambda pack: pack.form.draft is not draft)
    if not own:
        known = ", ".join(sorted({pack.form.id for pack in packs}))
        raise NotFoundError("form.unknown", f"no form '{form_id}'", f"known: {known}")
    return own[0]


def folder_of(pack: Pack, root: Path) -> Path:
    """Where a pack's files lie."""
    return (root.parent / pack.places["pack"].file).parent


def publish(root: Path, form_id: str, used: Mapping[tuple[str, str], int]) -> Pack:
    """Publish a form's draft and lock it; of a published one, lock its bytes anew as long as nothing was evaluated.

    Args:
        used: number of evaluations by form and version.

    Raises:
        InputError: the version doesn't go forward, or the published version is in use and was changed.
    """
    pack = find_pack(load_packs(root, drafts=True), form_id, draft=True)
    entry = read_lock(root).get(pack.id)
    if not pack.form.draft:
        known = entry.hash_of(pack.version) if entry else None
        count = used.get((pack.form.id, pack.version), 0)
        if known not in (None, pack.sha256) and count:
            message = f"form '{form_id}' {pack.version} changed, but {count} evaluations rest on it"
            raise InputError("forms.in_use", message, "undo the change, or raise the version as a draft")
        write_lock(root, [pack], frozenset({pack.id}))
        return pack
    versions = [entry.version, *entry.earlier] if entry else []
    if late := [version for version in versions if _order(version) >= _order(pack.version)]:
        message = f"form '{form_id}' is already published as {max(late, key=_order)}; the draft says {pack.version}"
        raise InputError("forms.not_forward", message, "raise `version:` in the draft")
    return _go_live(pack, root)


def _go_live(pack: Pack, root: Path) -> Pack:
    source, target = folder_of(pack, root), root / pack.id
    text = (source / PACK_FILE).read_text(encoding="utf-8")
    published, count = _DRAFT_LINE.subn("status: published", text, count=1)
    if not count:
        message = f"{pack.places['pack'].file}: `status: draft` doesn't stand on a line of its own"
        raise InputError("forms.bad_status", message, "write it so")
    try:
        if source != target and target.exists():
            before, _faults = load_pack(target, root)
            kept = root / EARLIER / f"{pack.id}-{before.version if before else 'unknown'}"
            kept.parent.mkdir(exist_ok=True)
            target.rename(kept)
        _write(source / PACK_FILE, published)
        if source != target:
            source.rename(target)
    except OSError as error:
        raise StorageError("storage.unwritable", f"{error.filename}: {error.strerror}", "check permissions") from error
    live = find_pack(load_packs(root), pack.form.id)
    write_lock(root, [live])
    return live


def take_in(path: Path, root: Path) -> tuple[Pack | None, list[Fault]]:
    """Write a form document (YAML, JSON, or CSV by its ending) into `root` as a draft; nothing where it has faults.

    Raises:
        InputError: the file can't be read, its id is no name for a folder, or such a draft is there already.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("file.unreadable", f"{path}: {error}", "give a UTF-8 text file") from error
    node, faults = document_of(text, path.name)
    if faults:
        return None, faults
    pack, faults = unpack(node, path.name, build_pack)
    if pack is not None and any(root.glob(f"*/{PACK_FILE}")):
        beside = [one for one in load_packs(root, drafts=True) if one.id != pack.id]
        faults.extend(shared_ids([*beside, pack]))
    if pack is None or faults:
        return None, faults
    return _write_draft(pack, node, root)


def document_of(text: str, shown: str) -> tuple[Located, list[Fault]]:
    """The tree of a form document; a CSV becomes one."""
    kind = Path(shown).suffix.lower()
    if kind == ".csv":
        tree, faults = read_table(text, shown)
        return Located({"schema": SCHEMA, "pack": tree}, line=1), faults
    try:
        text = _as_yaml(text) if kind == ".json" else text
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        return Located(), [Fault(shown, line, "forms.bad_document", f"isn't JSON: {error}", "export a form to compare")]
    node, faults = parse_yaml(text, shown)
    return (node if isinstance(node, Located) else Located()), faults


def _as_yaml(text: str) -> str:
    """JSON that YAML reads too: most does as it stands, tabs and escaped pairs of surrogates don't.

    Raises:
        ValueError: it isn't JSON.
    """
    value = json.loads(text)
    return json.dumps(value, ensure_ascii=False, indent=2) if "\t" in text or "\\u" in text else text


def _write_draft(pack: Pack, node: Located, root: Path) -> tuple[Pack | None, list[Fault]]:
    if not all(_SAFE_NAME.fullmatch(name) for name in [pack.id, *(node.get("families") or {})]):
        message = f"'{pack.id}' or one of its families is no name for a file"
        raise InputError("forms.bad_name", message, "small letters, digits, - and _")
    target = root / pack.id
    target = target.with_name(pack.id + DRAFT_ENDING) if target.exists() else target
    if target.exists():
        raise InputError("forms.exists", f"a draft of '{pack.id}' is there already: {target}", "publish or remove it")
    files = files_of(node)
    files[PACK_FILE] = _as_draft(files[PACK_FILE])
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".import-") as hidden:
            made = Path(hidden) / target.name
            made.mkdir()
            for name, tree in files.items():
                _write(made / name, write_yaml(tree))
            shutil.move(made, target)  # only now: half a pack would stop every other one from loading
    except OSError as error:
        raise StorageError("storage.unwritable", f"{target}: {error.strerror}", "check permissions") from error
    return load_pack(target, root)


def _as_draft(tree: dict[str, object]) -> dict[str, object]:
    head: dict[str, object] = {key: tree[key] for key in ("pack", "version", "title") if key in tree}
    return {**head, "status": "draft", **{key: value for key, value in tree.items() if key not in (*head, "status")}}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _order(version: str) -> tuple[int, ...]:
    """Versions in order: `1.10.0` after `1.9`."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
