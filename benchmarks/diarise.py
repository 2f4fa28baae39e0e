"""`qm bench diarise`: who said which word where both parties share a channel, beside the plain pyannote pipeline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from typing import Protocol

from benchmarks.diarise_peer import PlainPipeline
from benchmarks.diarise_roles import roles_given
from benchmarks.diarise_scores import (
    diarisation_error,
    recognised_wrong,
    speaker_word_errors,
    speakers_at_middle,
    wrong_words,
)
from benchmarks.diarise_sets import Call, load_calls
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.word_errors import bootstrap_ratio
from models.catalogue import CATALOGUE, folder_of
from models.pyannote_engine import PyannoteDiariser
from models.voice_networks import VoiceNetworks
from pipelines.commands.context import CommandContext, emit_json
from pipelines.engines import make_diariser
from qm.analysis.assign_speakers import assign_speakers
from qm.domain.recognition import Voice
from qm.domain.transcript import Word
from qm.ports import Audio, Transcriber

TARGETS = {"wrong_words": "<= 0.05", "two_parties": ">= 1", "speed": ">= 8"}
"""Of the issue, for the six real calls."""
TARGET_SET, OURS, PEER = "harpervalley", "ours", "pyannote"


class Separator(Protocol):
    """Our diariser, or the peer."""

    def diarise(self, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:
        """Who speaks when."""
        ...


@dataclass(frozen=True)
class Run:
    """One call through one separator.

    Attributes:
        words: as recognised on the mix.
        recognised_s: time that recognition took.
        times_s: of each repeat of the separation alone.
    """

    call: Call
    words: tuple[Word, ...]
    recognised_s: float
    voices: tuple[Voice, ...]
    times_s: tuple[float, ...]


def run(
    context: CommandContext, *, sets: Sequence[str], repeats: int, with_peer: bool, seed: int, as_json: bool
) -> None:
    """Run with the diariser of the settings.

    Raises:
        EngineError: pyannote.audio isn't installed.
    """
    settings = replace(context.settings, diariser="pyannote")
    diariser = make_diariser(settings, context.wiring.progress)
    assert isinstance(diariser, PyannoteDiariser)
    folders = [folder_of(CATALOGUE[name], settings.weights) for name in ("pyannote-segmentation-3.0", "campplus")]
    main(
        context, diariser, lambda: VoiceNetworks(*folders),
        sets=sets, repeats=repeats, with_peer=with_peer, seed=seed, as_json=as_json,
    )  # fmt: skip


def main(
    context: CommandContext, diariser: PyannoteDiariser, networks: Callable[[], VoiceNetworks],
    *, sets: Sequence[str] = (TARGET_SET,), repeats: int = 3, with_peer: bool = False, seed: int = 1,
    as_json: bool = False,
) -> None:  # fmt: skip
    """Run and print.

    Args:
        networks: loads the same weights for the peer; called where `with_peer`.
        repeats: of ours; the median is reported. The peer, being slow, runs once.
    """
    context.wiring.engine.warm_up()
    diariser.warm_up()
    peer = PlainPipeline(networks()) if with_peer else None
    figures: dict[str, BenchFigure] = {}
    for name in sets:
        context.errors.print(f"{name} ...")
        figures |= measure(name, load_calls(name, context.wiring.engine), context.wiring.engine,
                           diariser, peer, repeats=repeats, seed=seed)  # fmt: skip
    if as_json:
        emit_json(Bench("diarise", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def measure(
    name: str, calls: Sequence[Call], engine: Transcriber, ours: Separator, peer: Separator | None,
    *, repeats: int = 3, seed: int = 1,
) -> dict[str, BenchFigure]:  # fmt: skip
    """All figures of a set, by `set/party/measure`."""
    heard = [_recognised(call, engine) for call in calls]
    runs = [_run(ours, call, *words, repeats) for call, words in zip(calls, heard, strict=True)]
    figures = _figures(name, OURS, runs, seed, is_target=name == TARGET_SET)
    if peer is not None:
        theirs = [_run(peer, call, *words, 1) for call, words in zip(calls, heard, strict=True)]
        figures |= _figures(name, PEER, theirs, seed, is_target=False)
        figures[f"{name}/speed_to_peer"] = BenchFigure(
            round(_alone_s(theirs) / _alone_s(runs), 2), "times", len(runs), peer="plain pyannote pipeline"
        )
    return figures


def _recognised(call: Call, engine: Transcriber) -> tuple[tuple[Word, ...], float]:
    began = perf_counter()
    words = engine.transcribe((call.audio,), (call.language,))[0].channels[0]
    return words, perf_counter() - began


def _run(separator: Separator, call: Call, words: tuple[Word, ...], recognised_s: float, repeats: int) -> Run:
    times: list[float] = []
    voices: tuple[Voice, ...] = ()
    for _repeat in range(repeats):
        began = perf_counter()
        voices = separator.diarise(call.audio, words)
        times.append(perf_counter() - began)
    return Run(call, words, recognised_s, voices, tuple(times))


def _alone_s(runs: Sequence[Run]) -> float:
    return sum(median(run.times_s) for run in runs)


def _figures(name: str, party: str, runs: Sequence[Run], seed: int, *, is_target: bool) -> dict[str, BenchFigure]:
    """Pooled over calls, then words under the wrong speaker call by call."""
    targets = TARGETS if is_target else {}
    wrong = [wrong_words(r.call.speakers, assign_speakers(r.call.words, r.voices)) for r in runs]
    strict = [wrong_words(r.call.speakers, speakers_at_middle(r.call.words, r.voices)) for r in runs]
    heard = [recognised_wrong(r.call, r.words, r.voices) for r in runs]
    cp = [speaker_word_errors(r.call, r.words, r.voices) for r in runs]
    der = [diarisation_error(r.call.voices, r.voices, r.call.duration_s) for r in runs if r.call.voices]
    spoken_s = sum(run.call.duration_s for run in runs)
    two = sum(len({voice.speaker for voice in run.voices}) == 2 for run in runs)
    rates: dict[str, tuple[Sequence[float], Sequence[float]]] = {
        "wrong_words": ([c.hits for c in wrong], [c.n for c in wrong]),
        "wrong_words_strict": ([c.hits for c in strict], [c.n for c in strict]),
        "wrong_recognised_words": ([c.hits for c in heard], [c.n for c in heard]),
        "cpwer": ([c.errors for c in cp], [c.reference for c in cp]),
        "der": ([d.errors_s for d in der], [d.spoken_s for d in der]),
    }
    found = {
        f"{name}/{party}/{measure}": _rate(*parts, seed, targets.get(measure, ""))
        for measure, parts in rates.items()
        if sum(parts[1])
    }
    found[f"{name}/{party}/two_parties"] = BenchFigure(two / len(runs), "share", len(runs),
                                                       target=targets.get("two_parties", ""))  # fmt: skip
    found[f"{name}/{party}/speed"] = BenchFigure(round(spoken_s / _alone_s(runs), 2), "times real time", len(runs),
                                                 target=targets.get("speed", ""))  # fmt: skip
    together_s = _alone_s(runs) + sum(run.recognised_s for run in runs)
    found[f"{name}/{party}/speed_with_recognition"] = BenchFigure(
        round(spoken_s / together_s, 2), "times real time", len(runs)
    )
    roles = [answer for run in runs if (answer := roles_given(run.call, run.words, run.voices))]
    for answer, target in (("right", ""), ("unknown", ""), ("wrong", "0")) if roles else ():
        share = round(roles.count(answer) / len(roles), 4)
        found[f"{name}/{party}/roles_{answer}"] = BenchFigure(share, "share", len(roles), target=target)
    for run, count in zip(runs, wrong, strict=True):
        label = f"{name}/{party}/wrong_words/{run.call.name}"
        found[label] = BenchFigure(round(count.hits / max(count.n, 1), 4), "share", count.n)
    return found


def _rate(above: Sequence[float], below: Sequence[float], seed: int, target: str) -> BenchFigure:
    lo, hi = bootstrap_ratio(above, below, seed=seed) or (None, None)
    return BenchFigure(round(sum(above) / sum(below), 4), "share", round(sum(below)), lo, hi, target)
