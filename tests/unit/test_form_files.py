"""Drafts, published versions, import and export: nothing half-loaded, nothing changed that answered a contact."""

# ruff: noqa: E501 - each case stands on one line

import json
from datetime import date

import jsonschema
import pytest

from pipelines.commands.forms import Format, export_text, schema_text
from pipelines.files.form_files import find_pack, folder_of, publish, take_in
from qm.config import REPOSITORY
from qm.errors import InputError, RulePackError
from qm.rules.bundle import plain
from qm.rules.loader import load_pack, load_packs, read_yaml
from qm.rules.lock import lock_faults, read_lock
from qm.rules.yaml_file import parse_yaml
from tests.unit.form_files import FORM, write_pack

PACKS = REPOSITORY / "scoring_rules"


# Import and export


@pytest.mark.parametrize("kind", [Format.YAML, Format.JSON])
@pytest.mark.parametrize("folder", sorted(path.parent for path in PACKS.glob("*/pack.yaml"))[:2], ids=lambda f: f.name)
def test_what_was_exported_loads_as_it_was(tmp_path, folder, kind):
    pack, _none = load_pack(folder, PACKS)
    file = tmp_path / f"form.{kind}"
    file.write_text(export_text(pack, folder, kind), encoding="utf-8")
    taken, faults = take_in(file, tmp_path / "packs")
    assert faults == []
    assert taken.rules == pack.rules
    assert taken.shown == pack.shown
    assert (taken.form.draft, taken.form.sections) == (True, pack.form.sections)


def test_a_csv_holds_the_form(tmp_path):
    root = write_pack(tmp_path)
    (pack,) = load_packs(root)
    file = tmp_path / "form.csv"
    file.write_text("\ufeff" + export_text(pack, root / "demo", Format.CSV), encoding="utf-8")
    taken, faults = take_in(file, tmp_path / "other")
    assert faults == []
    assert taken.form.sections == pack.form.sections
    assert taken.shown == pack.shown
    assert taken.rules == ()


@pytest.mark.parametrize("indent", ["\t", 2, None])
def test_json_may_be_indented_with_tabs(tmp_path, indent):
    root = write_pack(tmp_path)
    (pack,) = load_packs(root)
    file = tmp_path / "form.json"
    file.write_text(json.dumps(json.loads(export_text(pack, root / "demo", Format.JSON)), indent=indent))
    taken, faults = take_in(file, tmp_path / "other")
    assert (faults, taken.form.title) == ([], pack.form.title)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("f.yaml", "a: [", "rules.bad_yaml"),
        ("f.yaml", "just text", "forms.bad_document"),
        ("f.yaml", "schema: form/9\npack: {}\n", "forms.bad_document"),
        ("f.yaml", "schema: form/1\npack: {pack: x, version: 1, title: {it: a, en: b}, sektions: []}\n", "rules.unknown_key"),
        ("f.json", "{", "forms.bad_document"),
        ("f.csv", "", "rules.bad_table"),
        ("f.csv", "kind,depth,pakc\nform,0,x\n", "rules.unknown_key"),
        ("f.csv", "kind,depth,pack\nform,0,x\noption,2,y\n", "rules.bad_table"),
        ("f.csv", 'kind,depth,pack\nform,0,"x\n', "rules.bad_table"),
    ],
)  # fmt: skip
def test_a_faulty_document_leaves_nothing_behind(tmp_path, name, text, code):
    (tmp_path / name).write_text(text)
    taken, faults = take_in(tmp_path / name, tmp_path / "packs")
    assert taken is None
    assert code in {fault.code for fault in faults}
    assert all(fault.file == name for fault in faults)
    assert not (tmp_path / "packs").exists()


def test_faults_of_a_document_name_its_own_lines(tmp_path):
    root = write_pack(tmp_path)
    (pack,) = load_packs(root)
    lines = export_text(pack, root / "demo", Format.YAML).replace("sc_one", "one").splitlines()
    at = next(place for place, line in enumerate(lines) if "points:" in line)
    lines[at] = lines[at].replace("points:", "pionts:")
    (tmp_path / "f.yaml").write_text("\n".join(lines))
    _taken, faults = take_in(tmp_path / "f.yaml", tmp_path / "other")
    assert [(fault.line, fault.code, fault.hint) for fault in faults] == [
        (at + 1, "rules.unknown_key", "did you mean 'points'?")
    ]


def test_no_name_leads_out_of_the_folder(tmp_path):
    root = write_pack(tmp_path)
    (pack,) = load_packs(root)
    text = export_text(pack, root / "demo", Format.YAML).replace("pack: demo", "pack: ../demo")
    (tmp_path / "f.yaml").write_text(text)
    with pytest.raises(InputError, match=r"forms\.bad_name"):
        take_in(tmp_path / "f.yaml", tmp_path / "other")


# Drafts and published versions


def test_a_draft_answers_nothing_until_it_is_published(tmp_path):
    root = write_pack(tmp_path, form=FORM.replace("version: 1.0.0", "version: 1.0.0\nstatus: draft  # not yet"))
    assert load_packs(root) == ()
    assert lock_faults(load_packs(root, drafts=True), read_lock(root)) == []
    pack = publish(root, "demo", {})
    assert (pack.form.draft, load_packs(root)) == (False, (pack,))
    assert read_lock(root)["demo"].hash_of("1.0.0") == pack.sha256


def test_changes_go_forward_and_the_earlier_version_is_kept(tmp_path):
    root = write_pack(tmp_path)
    old = publish(root, "demo", {})
    draft = FORM.replace("version: 1.0.0", "version: 1.0.0\nstatus: draft")
    write_pack(tmp_path, name="demo.draft", form=draft)
    assert [pack.version for pack in load_packs(root)] == ["1.0.0"]
    with pytest.raises(InputError, match=r"forms\.not_forward"):
        publish(root, "demo", {})
    write_pack(tmp_path, name="demo.draft", form=draft.replace("1.0.0", "1.10.0"))
    new = publish(root, "demo", {})
    assert (new.version, folder_of(new, root).name) == ("1.10.0", "demo")
    assert read_lock(root)["demo"].earlier == {"1.0.0": old.sha256}
    assert load_pack(root / "earlier" / "demo-1.0.0", root)[0].sha256 == old.sha256
    write_pack(tmp_path, name="demo.draft", form=draft.replace("1.0.0", "1.9.3"))
    with pytest.raises(InputError, match=r"forms\.not_forward"):
        publish(root, "demo", {})


def test_a_published_version_is_locked_once_it_was_used(tmp_path):
    root = write_pack(tmp_path)
    publish(root, "demo", {})
    write_pack(tmp_path, form=FORM.replace("points: 2", "points: 3"))
    with pytest.raises(InputError, match=r"forms\.in_use.*4 evaluations"):
        publish(root, "demo", {("demo", "1.0.0"): 4})
    pack = publish(root, "demo", {("demo", "0.9.0"): 4})
    assert read_lock(root)["demo"].sha256 == pack.sha256


def test_a_published_version_is_no_draft_again(tmp_path):
    root = write_pack(tmp_path)
    publish(root, "demo", {})
    write_pack(tmp_path, form=FORM.replace("version: 1.0.0", "version: 1.0.0\nstatus: draft"))
    assert [f.code for f in lock_faults(load_packs(root, drafts=True), read_lock(root))] == ["rules.changed"]


def test_a_form_is_found_by_its_id(tmp_path):
    packs = load_packs(write_pack(tmp_path))
    assert find_pack(packs, "demo").id == "demo"
    with pytest.raises(InputError, match=r"form\.unknown.*known: demo"):
        find_pack(packs, "dmeo")


# Schema


def schema_of(kind):
    schema = json.loads(schema_text())
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})


def test_the_schema_beside_the_packs_is_the_loaders():
    assert (PACKS / "schema.json").read_text(encoding="utf-8") == schema_text()


FILES = [path for folder in PACKS.glob("*/pack.yaml") for path in folder.parent.glob("*.yaml")]


@pytest.mark.parametrize("path", sorted(FILES), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_packs_validate_against_the_schema(path):
    if not path.name.endswith(".cases.yaml"):
        node = plain(read_yaml(path, path.name)[0])
        schema_of("pack" if path.name == "pack.yaml" else "family").validate(node)


@pytest.mark.parametrize(
    ("old", "new"),
    [("points: 2", "pionts: 2"), ("points: 2", "points: two"), ("critical: customer", "critical: client"),
     ("weight: 1", "weight: 1 %%"), ("title: {it: Prova, en: Trial}", "title: Trial"), ("pass_mark: 70", "pass_mark: 700")],
)  # fmt: skip
def test_a_wrong_pack_fails_schema_and_loader(tmp_path, old, new):
    assert old in FORM
    root = write_pack(tmp_path, form=FORM.replace(old, new))
    assert list(schema_of("pack").iter_errors(plain(read_yaml(root / "demo" / "pack.yaml", "p")[0])))
    with pytest.raises(RulePackError):
        load_packs(root)


def test_the_example_form_validates():
    schema_of("pack").validate(plain(parse_yaml(FORM, "f")[0]))
    assert plain({"since": date(2026, 11, 21)}) == {"since": "2026-11-21"}
