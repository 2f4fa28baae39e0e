"""`qm bench`: the figures that the product states about itself."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from pipelines.commands import bench_answers, bench_audit, bench_generative, bench_objects, bench_scale
from pipelines.commands.context import CommandContext
from qm.errors import InputError

bench = typer.Typer(no_args_is_help=True, help="Measure.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Seed = Annotated[int, typer.Option(help="Of whatever is drawn at random.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    bench_generative.register(bench)
    bench_answers.register(bench)
    bench_audit.register(bench)
    bench_objects.register(bench)
    bench_scale.register(bench)
    app.add_typer(bench, name="bench")


@bench.command()
def batch(
    day: Annotated[Path, typer.Option(help="Day folder with expected.json beside it.")] = Path("examples/day"),
    kills: Annotated[int, typer.Option(min=0, help="SIGKILLs at random moments.")] = 0,
    parts: Annotated[
        str, typer.Option(help="What is killed in turn of a whole site: run, worker, executor, api, database, objects.")
    ] = "",
    executor: Annotated[str, typer.Option(help="Of the site's worker, with --parts.")] = "processes",
    contacts: Annotated[
        int, typer.Option(min=0, help="So many made contacts, their recognition scripted; of a site: recordings.")
    ] = 0,
    database: Annotated[str, typer.Option(help="With --contacts: sqlite, postgresql or both.")] = "both",
    seed: Seed = 1,
    peer: Annotated[bool, typer.Option(help="Also time the bare engine on the same recordings.")] = True,
    as_json: AsJson = False,
) -> None:
    """A day with the real recogniser against its truth; a site that is killed; or how time and memory grow."""
    context = CommandContext.open()
    if parts:
        _bench("batch_kills").main(
            context, recordings=contacts or 200, kills=max(1, kills), parts=_names(parts), executor=executor, seed=seed,
            as_json=as_json,
        )  # fmt: skip
    elif contacts:
        databases = bench_scale.databases_of(database)
        _bench("batch_scale").main(context, contacts=contacts, databases=databases, as_json=as_json)
    else:
        _bench("batch").main(context, day, kills=kills, seed=seed, with_peer=peer, as_json=as_json)


@bench.command()
def asr(
    sets: Annotated[str, typer.Option(help="harpervalley, fleurs, carlo, carlo-mulaw, carlo-mp3.")] = "harpervalley",
    peers: Annotated[str, typer.Option(help="sequential, batched, plain, openai.")] = "sequential,batched",
    repeats: Annotated[int, typer.Option(min=1, help="Interleaved rounds; medians are printed.")] = 3,
    limit: Annotated[int | None, typer.Option(min=1, help="Recordings a set, drawn at random.")] = None,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Words and speed of recognition beside its peers, in one run and on the same weights."""
    measure = _bench("asr")
    measure.main(
        CommandContext.open(), sets=_names(sets), peers=_names(peers), repeats=repeats, limit=limit, seed=seed,
        as_json=as_json,
    )  # fmt: skip


@bench.command()
def diarise(
    sets: Annotated[str, typer.Option(help="Sets of recordings; the first one has the target.")] = "harpervalley",
    repeats: Annotated[int, typer.Option(min=1, help="Rounds; medians are printed.")] = 3,
    peer: Annotated[bool, typer.Option(help="Also run the plain pyannote pipeline on the same weights.")] = False,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Who said which word on recordings with both parties on one channel."""
    measure = _bench("diarise")
    measure.run(CommandContext.open(), sets=_names(sets), repeats=repeats, with_peer=peer, seed=seed, as_json=as_json)


@bench.command()
def speech(
    parts: Annotated[
        str, typer.Option(help="channels (dual mono), swapped, phantoms, memory.")
    ] = "channels,swapped,phantoms,memory",
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """What must be found in recordings, and what must not: doubled and swapped channels, words that nobody said."""
    measure = _bench("speech")
    measure.main(CommandContext.open(), parts=_names(parts), seed=seed, as_json=as_json)


@bench.command()
def score(
    count: Annotated[int, typer.Option(min=1, help="Transcripts of 120 turns.")] = 200,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; medians are printed.")] = 3,
    peer: Annotated[bool, typer.Option(help="Also time spaCy's matchers on the same phrases.")] = True,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Contacts scored a second on a form of 40 criteria, and how that grows with words and phrases."""
    measure = _bench("score")
    measure.main(CommandContext.open(), count=count, rounds=rounds, seed=seed, with_peer=peer, as_json=as_json)


@bench.command()
def executors(
    parties: Annotated[str, typer.Option(help="bare, processes, ray.")] = "bare,processes,ray",
    calls: Annotated[int, typer.Option(min=1, help="Real calls of about a minute.")] = 24,
    rounds: Annotated[int, typer.Option(min=1, help="Interleaved rounds; medians are printed.")] = 3,
    workers: Annotated[int, typer.Option(min=1, help="Processes or actors.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Real recognition by worker processes and Ray actors, beside bare engine processes."""
    measure = _bench("executors")
    measure.main(
        CommandContext.open(), parties=_names(parties), calls=calls, rounds=rounds, workers=workers, as_json=as_json
    )


@bench.command()
def hosts(
    contacts: Annotated[int, typer.Option(min=10, help="Made contacts a run.")] = 200,
    faults: Annotated[str, typer.Option(help="cut (network), kill (every process of the host).")] = "cut,kill",
    lease_s: Annotated[int, typer.Option(min=5, help="QM_LEASE_S.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Two hosts under Ray, one of which is lost in mid-run: is every contact done once, and how soon (needs root)."""
    measure = _bench("executors_hosts")
    measure.main(CommandContext.open(), contacts=contacts, faults=_names(faults), lease_s=lease_s, as_json=as_json)


VOC_PARTS = ("agreement", "study", "selection", "estimates", "drivers", "reports", "comments")


@bench.command()
def voc(
    parts: Annotated[str, typer.Option(help=", ".join(VOC_PARTS) + ".")] = ",".join(VOC_PARTS),
    repetitions: Annotated[int, typer.Option(min=10, help="Of each simulation.")] = 1000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Do the intervals hold what they promise, and are a million contacts quick enough: planted truths, found again."""
    context = CommandContext.open()
    for part in _names(parts):
        if part not in VOC_PARTS:
            raise InputError("bench.unknown_part", f"no part '{part}'", f"there are {', '.join(VOC_PARTS)}")
        _bench(f"voc_{part}").main(context, repetitions=repetitions, seed=seed, as_json=as_json)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _bench(name: str) -> ModuleType:
    try:
        return import_module(f"benchmarks.{name}")
    except ImportError as error:
        missing = error.name or ""
        if missing.startswith("benchmarks"):
            hint = "run it from a checkout of the project"
            raise InputError("bench.missing", "the benchmarks aren't installed", hint) from error
        hint = "pip install -r requirements-dev.txt"
        raise InputError("bench.missing", f"'{missing}' isn't installed", hint) from error


@bench.callback()
def _group() -> None:
    """Measure."""
