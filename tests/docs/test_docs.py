"""The documentation says what the program is: codes, settings, commands, links, targets, operators, measures."""

import ast
import re
import shlex
from pathlib import Path

import pytest
import typer.main

from pipelines.cli import app
from qm.analysis.measure_talk import MEASURES
from qm.config import OTHER_NAMES
from qm.domain.text import Language
from qm.rules.loader import read_yaml
from qm.rules.located import FaultList
from qm.rules.parse_conditions import ConditionParser
from qm.rules.predicates import LEAST_LIKENESS
from qm.rules.scene import Thresholds
from qm.setting_table import SETTINGS
from qm.wording import WORDS
from qm.wording_codes import CODES

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), *DOCS, ROOT / "examples" / "README.md"]
CODE = re.compile(r"[a-z]+(_[a-z]+)?\.[a-z_]+")
REASON = re.compile(r"[a-z]+(_[a-z]+)*")
FILE_ENDINGS = (
    ".bin",
    ".wav",
    ".txt",
    ".html",
    ".py",
    ".csv",
    ".json",
    ".yaml",
    ".db",
    ".cli",
    ".batch",
    ".npy",
    ".npz",
    ".model",
    ".parquet",
)
LIBRARIES = {"pyannote.audio", "qm.operations"}
SPEAKERS = {
    "say", "case_word", "audit_word", "study_word", "label", "t", "word", "render", "getattr", "import_module",
    "ForeignKey", "debug", "info", "warning", "error", "note", "look", "span", "AuditFilter",
    "tell",
}  # fmt: skip
"""Calls whose dotted texts are keys of wordings, modules, templates, columns, events of logs and audit, not codes."""
NO_CODES_IN = {
    "texts.py",
    "labels.py",
    "wording.py",
    "wording_cases.py",
    "wording_codes.py",
    "wording_findings.py",
    "measure_groups.py",
    "tables.py",
}


def read(path):
    return path.read_text(encoding="utf-8")


def without_fences(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def spans(text):
    """Inline code of a page; a pipe inside a table cell is written `\\|`."""
    return [span.replace("\\|", "|") for span in re.findall(r"`([^`\n]+)`", without_fences(text))]


def fenced_lines(text):
    return [
        line.strip()
        for block in re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for line in block.split("\n")
    ]


def lines_that_begin_with(word, text):
    """Commands in code spans and blocks, without prompt, settings before the command and what follows in the line."""
    for piece in [*spans(text), *fenced_lines(text)]:
        command = re.sub(r"^(\$ )?([A-Z_]+=\S+ )*(\.venv/bin/)?", "", piece)
        if command == word or command.startswith(f"{word} "):
            yield re.split(r"\s#|[;&]|\s\|\s", command)[0].strip()


# Codes


def called(node):
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def texts_in(node):
    """Texts directly given: constants, both arms of a conditional, members of a list or tuple."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from texts_in(node.body)
        yield from texts_in(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from texts_in(part)
    elif isinstance(node, ast.List | ast.Tuple):
        for part in node.elts:
            yield from texts_in(part)


def filled_in(node, tree):
    """The texts of a call's argument; a name in an f-string is replaced by each text that the module assigns to it."""
    if not isinstance(node, ast.JoinedStr):
        yield from texts_in(node)
        return
    names = [part.value.id for part in node.values if isinstance(getattr(part, "value", None), ast.Name)]
    assigned = [a.value for a in ast.walk(tree) if isinstance(a, ast.Assign) and ast.unparse(a.targets[0]) in names]
    known = [text for value in assigned for text in texts_in(value)]
    for text in texts_in(node):
        yield from [text.replace("{}", value) for value in known] or [text]


def dotted_texts(tree):
    """Texts of the shape of a code that are handed to a call or returned; `{}` stands for what isn't known here."""
    for node in ast.walk(tree):
        given = []
        if isinstance(node, ast.Call) and called(node) not in SPEAKERS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.Return) and node.value is not None:
            given = [node.value]
        for text in (text for part in given for text in filled_in(part, tree)):
            if CODE.fullmatch(text.replace("{}", "x")) and not text.endswith(FILE_ENDINGS) and text not in LIBRARIES:
                yield text


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name not in NO_CODES_IN and "migrations" not in path.parts:
                yield path


def codes_in_code():
    return {
        text
        for path in sources("qm", "models", "pipelines", "api", "benchmarks")
        for text in dotted_texts(ast.parse(read(path)))
    }


def reasons_in_rules():
    """Undotted reasons and doubts: arguments of `unknown` and `Verdict`, `reason=`, `doubts.append`, `_hindrance`."""
    found = set()
    for path in sources("qm/rules"):
        for node in ast.walk(ast.parse(read(path))):
            given = []
            if isinstance(node, ast.Call):
                given = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
                if called(node) == "unknown":
                    given.append(node.args[0])
                elif called(node) == "Verdict":
                    given.extend(node.args[1::2])
                elif called(node) == "append" and getattr(node.func.value, "id", "") == "doubts":
                    given.extend(node.args)
            elif isinstance(node, ast.FunctionDef) and node.name == "_hindrance":
                given = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
            found |= {text for part in given for text in texts_in(part) if text}
    return found


def worded(prefix):
    return {key.removeprefix(f"{prefix}.") for key in WORDS if key.startswith(f"{prefix}.")}


def every_reason():
    """Of answers, links, coaching items and grades, the letters of grades aside."""
    grades = {reason for reason in worded("grade") if len(reason) > 1}
    return reasons_in_rules() | worded("reason") | worded("link") | worded("why") | grades


def documented_codes():
    """Codes in the first column of the tables of docs/errors.md."""
    rows = re.findall(r"^\| (`.+?`) \|", read(ROOT / "docs" / "errors.md"), re.MULTILINE)
    return {code for cell in rows for code in re.findall(r"`([^`]+)`", cell)}


def matches(pattern, code):
    return re.fullmatch(re.escape(pattern).replace(r"\{\}", "[a-z_]+"), code) is not None


def test_the_collector_finds_each_way_of_naming_a_code():
    known = codes_in_code()
    assert {"settings.unknown", "contact.bad_row", "rules.two_windows", "recording.clipped", "internal.error"} <= known
    assert {
        "request.invalid",
        "evidence.not_said",
        "evidence.no_such_turn",
        "{}.missing",
        "http.{}",
        "roles.swapped",
    } <= known
    assert not {code for code in known if code.startswith(("answer.", "reason.", "col."))}
    assert {
        "found",
        "absent",
        "alike",
        "near_miss",
        "role_silent",
        "low_confidence",
        "wrong_order",
    } <= reasons_in_rules()


def test_every_code_of_the_program_is_documented():
    documented = documented_codes()
    assert set(CODES) <= documented
    assert not {code for code in codes_in_code() if not any(matches(code, known) for known in documented)}


def test_every_reason_of_the_program_is_documented():
    reasons = every_reason()
    assert not reasons - documented_codes()


def test_every_documented_code_is_in_the_program():
    used = codes_in_code()
    reasons = every_reason()
    unused = {code for code in documented_codes() - reasons if not any(matches(pattern, code) for pattern in used)}
    assert not unused


def test_documented_codes_have_the_shape_of_a_code_and_stand_once_a_table():
    assert all(CODE.fullmatch(code) or REASON.fullmatch(code) for code in documented_codes())
    for part in re.split(r"^## ", read(ROOT / "docs" / "errors.md"), flags=re.MULTILINE):
        codes = re.findall(r"^\| `([^`]+)`", part, re.MULTILINE)
        assert len(codes) == len(set(codes)), part.split("\n")[0]


# Settings


def setting_rows():
    cells = re.findall(r"^\| `QM_([A-Z0-9_]+)` \| (.+?) \|", read(ROOT / "docs" / "settings.md"), re.MULTILINE)
    return dict(cells)


def test_every_setting_is_documented_with_its_default():
    rows = setting_rows()
    assert set(rows) == {setting.name for setting in SETTINGS}
    assert not {s.name: rows[s.name] for s in SETTINGS if s.default and rows[s.name] != f"`{s.default}`"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_named_exists(page):
    named = set(re.findall(r"\bQM_[A-Z][A-Z0-9_]*[A-Z]\b", read(page))) - {"QM_NAME"}
    assert not named - {f"QM_{setting.name}" for setting in SETTINGS} - OTHER_NAMES


# Commands


def resolve(line):
    """What is wrong with a `qm` line; empty where command and options exist."""
    command, _rest = typer.main.get_command(app), None
    try:
        tokens = shlex.split(line)[1:]
    except ValueError:
        tokens = line.split()[1:]
    for place, token in enumerate(tokens):
        if not re.fullmatch(r"[a-z|]+", token) or not hasattr(command, "commands"):
            return unknown_options(command, tokens[place:])
        choices = token.split("|")
        if missing := [choice for choice in choices if choice not in command.commands]:
            return [f"no command {missing[0]}"]
        command = command.commands[choices[0]]
    return []


def unknown_options(command, tokens):
    known = {"--help", *(name for param in command.params for name in (*param.opts, *param.secondary_opts))}
    given = [name for token in tokens for name in re.findall(r"--[a-z-]+", token.split("=")[0])]
    return [f"no option {name}" for name in given if name not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_exists(page):
    wrong = {line: faults for line in lines_that_begin_with("qm", read(page)) if (faults := resolve(line))}
    assert not wrong


def test_the_resolver_tells_wrong_commands():
    assert (
        resolve("qm rules check|test")
        == []
        == resolve("qm bench batch --no-peer --kills 20")
        == resolve("qm --version")
    )
    assert all(resolve(line) for line in ("qm frobnicate", "qm rules frob", "qm run DAY --fast", "qm serve --no-peer"))


def test_every_command_is_in_the_table_of_commands():
    listed = set(lines_that_begin_with("qm", read(ROOT / "docs" / "cli.md")))

    def paths(command, name):
        for part, inner in command.commands.items():
            yield from paths(inner, f"{name} {part}") if hasattr(inner, "commands") else [f"{name} {part}"]

    missing = [
        path
        for path in paths(typer.main.get_command(app), "qm")
        if not any(f"{x} ".startswith(f"{path} ") for x in listed)
    ]
    assert not missing


# Links, targets, files


def slug(heading):
    return re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_resolves(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", without_fences(read(page))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _hash, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", without_fences(read(path)), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_named_exists(page):
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    named = {word for line in lines_that_begin_with("make", read(page)) for word in line.split()[1:] if word.isalpha()}
    assert not named - targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_named_exists(page):
    named = [
        s for s in spans(read(page)) if re.fullmatch(r"(qm|models|pipelines|api|examples|docs|tests)/[\w./-]+\.\w+", s)
    ]
    assert not [name for name in named if not (ROOT / name).exists()]


# Rules and signals


def operator_rows():
    return dict(re.findall(r"^\| `([a-z_]+)` \| .* \| `(.+)` \|$", read(ROOT / "docs" / "rules.md"), re.MULTILINE))


def test_every_operator_is_documented():
    assert set(ConditionParser(FaultList("x"), {}, {}, MEASURES)._parsers) == set(operator_rows())


@pytest.mark.parametrize(("operator", "example"), operator_rows().items())
def test_examples_of_operators_can_be_read(tmp_path, operator, example):
    path = tmp_path / "example.yaml"
    path.write_text(example.replace("{…}", "{contact: {field: process, is: x}}"), encoding="utf-8")
    node, faults = read_yaml(path, "example")
    found = FaultList("example", faults)
    texts = dict.fromkeys(Language, ("una frase",))
    lists = dict.fromkeys(re.findall(r"phrases: (\w+)", example), texts)
    condition = ConditionParser(found, lists, {}, MEASURES).parse(node, 1)
    assert list(node) == [operator]
    assert not found.faults
    assert condition is not None


def test_thresholds_of_doubt_are_those_of_the_program():
    numbers = set(re.findall(r"\d+(?:\.\d+)?", read(ROOT / "docs" / "rules.md")))
    limits = Thresholds()
    wanted = [LEAST_LIKENESS, limits.alike, limits.near_miss, limits.sure_word, limits.word_confidence]
    assert {f"{limit:g}" for limit in wanted} | {f"{100 * limits.low_confidence_share:g}"} <= numbers


def test_every_measure_is_documented():
    rows = set(re.findall(r"^\| `([a-z0-9_]+)` \|", read(ROOT / "docs" / "signals.md"), re.MULTILINE))
    assert rows == MEASURES
