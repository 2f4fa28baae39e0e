"""Sizes and habits of STYLE.md, counted."""

import ast
import sys
from pathlib import Path

import pytest

from qm.config import REPOSITORY

PACKAGES = ("qm", "models", "pipelines", "api")
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (REPOSITORY / package).rglob("*.py")
    if "migrations" not in path.parts
)  # fmt: skip
LONGEST_MODULE, LONGEST_FUNCTION, P90_FUNCTION, DEEPEST, BROAD_EXCEPTS = 400, 60, 35, 3, 8
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared", "base", "stuff"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def functions():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                yield f"{shown(path)}:{node.lineno} {node.name}", node


def length_of(node: Function) -> int:
    """Lines without the docstring."""
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def depth_of(node: ast.AST) -> int:
    """Levels of blocks inside a function; `elif` is no level of its own."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            continue
        opens = isinstance(
            child, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match | ast.AsyncFor | ast.AsyncWith
        )
        chained = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, depth_of(child) + (opens and not chained))
    return deepest


def test_modules_are_small():
    sizes = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_functions_are_small():
    lengths = {name: length_of(node) for name, node in functions()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) // 2] <= 10
    assert ordered[9 * len(ordered) // 10] <= P90_FUNCTION


def test_functions_are_flat():
    assert {name: depth for name, node in functions() if (depth := depth_of(node)) > DEEPEST} == {}


def test_broad_excepts_are_few_and_say_why():
    found = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node):
                lines = text.splitlines()
                around = "\n".join(lines[node.lineno - 1 : node.lineno + 1])
                found.append((f"{shown(path)}:{node.lineno}", "#" in around))
    assert len(found) <= BROAD_EXCEPTS
    assert [place for place, commented in found if not commented] == []


def _is_broad(node: ast.ExceptHandler) -> bool:
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(
        item is None or (isinstance(item, ast.Name) and item.id in ("Exception", "BaseException")) for item in caught
    )


def test_file_names_say_what_is_inside():
    names = [*(REPOSITORY / "tests").rglob("*.py"), *SOURCES]
    assert [shown(path) for path in names if path.stem.strip("_") in VAGUE] == []


ENGINE_LIBRARIES = {
    "av", "ctranslate2", "faster_whisper", "huggingface_hub", "onnxruntime", "pyannote", "soundfile", "tokenizers",
    "torch", "torchaudio", "transformers", "whisper",
}  # fmt: skip
"""Whose names a file of ours would hide from `import` when somebody runs it as a script."""


def test_engine_files_shadow_no_library():
    names = {path.stem for path in (REPOSITORY / "models").glob("*.py")}
    assert names & (ENGINE_LIBRARIES | set(sys.stdlib_module_names)) == set()


def test_engines_are_where_their_names_say():
    """A class that implements a port of recognition, reading or diarisation lives in an engine file or is a fake."""
    ports = {"transcribe", "diarise", "read"}
    found = {
        path.stem
        for path in (REPOSITORY / "models").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        and ports & {part.name for part in node.body if isinstance(part, Function)}
    }  # fmt: skip
    assert found >= {"faster_whisper_engine", "openai_whisper_engine", "pyannote_engine", "isolated_engine"}
    assert [name for name in sorted(found) if not name.endswith("_engine") and not name.startswith("fakes")] == []


@pytest.mark.parametrize("path", [path for path in SOURCES if shown(path).startswith("qm/")], ids=shown)
def test_public_things_of_the_core_are_documented(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert list(_undocumented(tree, "")) == []


def _undocumented(node: ast.AST, prefix: str):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            if ast.get_docstring(child) is None:
                yield prefix + child.name
            if isinstance(child, ast.ClassDef):
                yield from _undocumented(child, f"{child.name}.")


def test_no_package_files_below_tests_and_no_name_twice():
    tests = list((REPOSITORY / "tests").rglob("*.py"))
    assert [shown(path) for path in tests if path.name == "__init__.py"] == []
    names = [path.name for path in tests if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))


def test_no_work_is_left_without_a_reason():
    marks = [
        f"{shown(path)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line for mark in ("TODO", "FIXME", "XXX")) and len(line.split("#")[-1].split()) < 4
    ]
    assert marks == []
