"""`qm bench batch`: a day with the real recogniser, against its truth, beside the bare engine, and killed at random."""

import dataclasses
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.truth import Comparison, compare
from pipelines.commands.context import CommandContext, emit_json
from pipelines.day import RunSummary
from pipelines.wiring import Wiring
from qm.analysis.estimate_quality import wilson
from qm.config import Settings
from qm.domain.figures import Count

PART_CONTACTS = 5
"""Contacts of the day that is killed: two calls, a duplicate, a chat and a third call of the example day."""
MEGABYTE = 1024 * 1024


def main(context: CommandContext, day: Path, *, kills: int, seed: int, with_peer: bool, as_json: bool) -> None:
    """Run, print the figures, and the answers that were wrong, contact by contact."""
    with tempfile.TemporaryDirectory(prefix="qm-bench-") as name:
        wiring = _fresh(context.settings, Path(name) / "first")
        context.errors.print("processing the day ...")
        summary = _run(wiring, day)
        figures = _speed_figures(summary, wiring)
        comparison = compare(wiring.database.unit_of_work, day.parent / "expected.json", _automatic_fails(wiring))
        figures |= _truth_figures(comparison)
        again = _run(_fresh(context.settings, Path(name) / "first"), day)
        figures["repeated_run"] = BenchFigure(again.wall_s, "s", 1, target="< 60", peer=f"first run {summary.wall_s} s")
        if with_peer:
            context.errors.print("timing the bare engine ...")
            figures["whole_to_bare_engine"] = _peer_figure(wiring, summary)
        if kills:
            figures["killed_runs_equal"] = _kill_figure(
                context, Path(name), _part_of(day, Path(name) / "part"), kills, seed
            )
    if as_json:
        emit_json(Bench("batch", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)
    for wrong in comparison.wrong:
        context.out.print(
            f"  {wrong.contact_id} {wrong.criterion_id}: truth {wrong.truth}, answer {wrong.answer} ({wrong.reason})",
            markup=False,
        )


def _fresh(settings: Settings, data: Path) -> Wiring:
    """The same settings over a data folder of its own; weights are shared, and one process shows its whole memory."""
    data.mkdir(parents=True, exist_ok=True)
    link = data / "weights"
    if not link.exists():
        link.symlink_to(settings.weights.absolute())
    changed = dataclasses.replace(
        settings, data=data, database_url=f"sqlite:///{data / 'quality.db'}", objects=data / "objects", isolate=False
    )
    return Wiring(changed)


def _run(wiring: Wiring, day: Path) -> RunSummary:
    wiring.packs  # noqa: B018 - loaded before the clock starts, as `qm run` does
    wiring.database.upgrade()
    return wiring.batch.run(day, lambda _step: None, lambda _total: None)


def _automatic_fails(wiring: Wiring) -> frozenset[str]:
    return frozenset(c.id for form in wiring.forms.values() for c in form.criteria if c.automatic_fail)


def _speed_figures(summary: RunSummary, wiring: Wiring) -> dict[str, BenchFigure]:
    recognition = summary.seconds.get("transcribe", 0.0)
    engines = recognition + summary.seconds.get("voices", 0.0)
    with wiring.database.unit_of_work() as unit:
        audio_s = sum(
            unit.outputs.recognition(contact.id).recording.duration_s
            for contact in unit.contacts.every()
            if contact.medium.value == "voice" and unit.work.published(contact.id, "transcribe")
        )
    contacts = sum(summary.outcomes.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
    return {
        "wall": BenchFigure(summary.wall_s, "s", contacts, target="< 600"),
        "call_seconds_a_second": BenchFigure(round(audio_s / recognition, 2), "s/s", contacts),
        "beside_recognition": BenchFigure(round(1 - engines / summary.wall_s, 4), "share", contacts, target="<= 0.10"),
        "peak_memory": BenchFigure(round(peak, 1), "MiB", 1, target="< 1500"),
    }


def _truth_figures(comparison: Comparison) -> dict[str, BenchFigure]:
    return {
        "answers_right": _share(comparison.right, ">= 0.95"),
        "decided_answers_right": _share(comparison.decided, ""),
        "automatic_fails_wrong": BenchFigure(
            float(comparison.fails_wrong.hits), "answers", comparison.fails_wrong.n, target="0"
        ),
        "quarantine_as_planted": _share(comparison.quarantine_right, "1"),
        "survey_links_as_planted": _share(comparison.links_right, "1"),
    }


def _share(count: Count, target: str) -> BenchFigure:
    lo, hi = wilson(count)
    return BenchFigure(round(count.rate or 0.0, 4), "share", count.n, round(lo, 4), round(hi, 4), target)


def _peer_figure(wiring: Wiring, summary: RunSummary) -> BenchFigure:
    """Wall time of the whole product over that of the bare engine on the same channels of the same recordings."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    settings = wiring.settings
    with wiring.database.unit_of_work() as unit:
        calls = [c.id for c in unit.contacts.every() if c.medium.value == "voice"]
        recordings = [unit.outputs.recording(c) for c in calls if unit.work.published(c, "transcribe")]
    paths = [(wiring.objects.path(sha256), sha256) for sha256 in recordings if sha256]
    began = perf_counter()
    model = WhisperModel(
        str(settings.weights / settings.model),
        device=settings.device,
        compute_type=settings.precision,
        cpu_threads=os.cpu_count() or 1,
    )
    pipeline = BatchedInferencePipeline(model=model)
    options = {"beam_size": settings.beam, "batch_size": settings.batch, "temperature": 0.0}
    for path, sha256 in paths:
        audio = wiring.audio_reader.read(path, sha256)
        for channel in range(audio.channels):
            segments, _info = pipeline.transcribe(audio.read(channel), word_timestamps=True, vad_filter=True, **options)
            list(segments)
    wall = perf_counter() - began
    peer = f"faster-whisper batched, channel by channel, language detected by channel: {wall:.1f} s"
    return BenchFigure(round(summary.wall_s / wall, 3), "ratio", len(paths), peer=peer)


def _part_of(day: Path, target: Path) -> Path:
    """The first contacts of a day as a day of their own, so that kills fall on every stage."""
    target.mkdir()
    lines = (day / "contacts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (target / "contacts.csv").write_text("".join(lines[: 1 + PART_CONTACTS]), encoding="utf-8")
    for name in ("recordings", "chats", "surveys.csv"):
        (target / name).symlink_to((day / name).absolute())
    return target


def _kill_figure(context: CommandContext, root: Path, day: Path, kills: int, seed: int) -> BenchFigure:
    """Kill `qm run` at random moments until it has died `kills` times, finish it, and compare the content."""
    undisturbed = _fresh(context.settings, root / "undisturbed")
    began = perf_counter()
    _command(root / "undisturbed", day).wait()
    length = perf_counter() - began
    wanted = undisturbed.database.content_fingerprint()
    draw = random.Random(seed)
    equal = attempt = died = 0
    while died < kills:
        attempt += 1
        data = root / f"killed-{attempt}"
        wiring = _fresh(context.settings, data)
        for _death in range(min(5, kills - died)):
            died += _killed(data, day, draw.uniform(0, length))
        finished = _command(data, day)
        equal += finished.wait() in (0, 1) and wiring.database.content_fingerprint() == wanted
        context.errors.print(f"{died} of {kills} kills, {equal} of {attempt} runs equal")
    peer = f"undisturbed run of {PART_CONTACTS} contacts ({length:.0f} s); {died} SIGKILLs"
    return BenchFigure(equal / attempt, "share", attempt, target="1", peer=peer)


def _command(data: Path, day: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "QM_DATA": str(data)}
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", str(day), "--json"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _killed(data: Path, day: Path, after_s: float) -> bool:
    """Start a run and kill it after so many seconds; false where it had ended before."""
    process = _command(data, day)
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False
