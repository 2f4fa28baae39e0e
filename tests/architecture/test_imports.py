"""The arrow of imports, and what a process may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from qm.config import REPOSITORY

PACKAGES = ("qm", "models", "pipelines", "api")
SOURCES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
ENGINES = ("torch", "torchaudio", "faster_whisper", "ctranslate2", "whisper", "pyannote", "av", "huggingface_hub")


def shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def test_contracts_are_kept():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("module", ["api.app", "qm.services.contacts", "qm.rules.engine", "qm.storage.database"])
def test_no_engine_is_loaded(module):
    program = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert module.partition(".")[0] in loaded
    assert not loaded & set(ENGINES)


def test_engines_are_imported_inside_functions_only():
    early = [
        f"{shown(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom) and _names(node) & set(ENGINES)
    ]
    assert early == []


def _names(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return {name.partition(".")[0] for name in names}


def test_the_environment_is_read_in_one_place():
    readers = {
        shown(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _reads_environment(node)
    }
    assert readers == {"qm/config.py"}


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return (
            isinstance(node.value, ast.Name)
            and node.value.id == "os"
            and node.attr in ("environ", "getenv", "environb")
        )
    return isinstance(node, ast.ImportFrom) and node.module == "os" and any("env" in alias.name for alias in node.names)


PURE = [path for path in SOURCES if shown(path).startswith(("qm/domain/", "qm/analysis/", "qm/rules/"))]
IMPURE = {"random", "time", "secrets", "socket", "subprocess", "sqlite3", "requests", "urllib", "tempfile"}
READERS = {"qm/rules/loader.py", "qm/rules/yaml_file.py", "qm/rules/lock.py", "qm/rules/cases.py"}
"""Read YAML and the lock: the loader and what checks packs."""


@pytest.mark.parametrize("path", PURE, ids=shown)
def test_the_core_is_pure(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for name in _names(node)
    }
    assert not imported & IMPURE
    calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not calls & {"now", "utcnow", "today"}
    if shown(path) not in READERS:
        assert not calls & {"read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir"}
        assert "open" not in {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
