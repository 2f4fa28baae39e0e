"""PostgreSQL's own tools for backups: found, run, and their complaints told as errors of ours."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from qm.errors import StorageError

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")


def dump_database(address: URL, target: Path, snapshot: str) -> None:
    """A dump in the custom format of what a transaction sees.

    Args:
        snapshot: as `pg_export_snapshot()` names it.

    Raises:
        StorageError: `pg_dump` isn't there, is older than the server, or fails.
    """
    with _connection_text(address) as name:
        given = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _run([_tool("pg_dump"), *given, f"--dbname={name}"])


def restore_database(address: URL, source: Path, before: Sequence[str]) -> None:
    """Put a dump in the place of what there is: one transaction, all of it or nothing.

    Args:
        before: statements that clear the place.

    Raises:
        StorageError: a tool isn't there, or fails; nothing was changed.
    """
    with _connection_text(address) as name, tempfile.TemporaryDirectory() as folder:
        script, clear = Path(folder, "restore"), Path(folder, "clear")
        clear.write_text("".join(f"{statement};\n" for statement in before), encoding="utf-8")
        # First to a file: psql would commit what it has when a pipe ends early.
        _run([_tool("pg_restore"), "--no-owner", "--no-privileges", f"--file={script}", str(source)])
        quiet = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
        _run([_tool("psql"), *quiet, f"--file={clear}", f"--file={script}", f"--dbname={name}"])


def _tool(name: str) -> str:
    """The newest of that name: an older pg_dump refuses a newer server."""
    folders = sorted(folder for place in PLACES for folder in Path("/").glob(place.lstrip("/")))
    found = next((str(folder / name) for folder in reversed(folders) if (folder / name).exists()), shutil.which(name))
    if found is None:
        hint = "install postgresql-client, or make the backup with --portable"
        raise StorageError("database.no_tool", f"{name} isn't installed", hint)
    return found


@contextmanager
def _connection_text(address: URL) -> Iterator[str]:
    """The address for libpq; a password goes by a file of our own, where no list of processes shows it."""
    plain = address.set(drivername="postgresql", password=None)
    if not address.password:
        yield plain.render_as_string(hide_password=False)
        return
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="qm-pass-") as file:
        escaped = str(address.password).replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        yield plain.update_query_dict({"passfile": file.name}).render_as_string(hide_password=False)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, nothing of it comes from outside
    if done.returncode:
        told = " ".join(done.stderr.split())[:400]
        message = f"{Path(command[0]).name} failed: {told}"
        raise StorageError("database.tool_failed", message, "nothing was changed; mend what it names, then run again")
