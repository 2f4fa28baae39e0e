"""What arrives below a watched folder: day folders, and which of their files have been quiet since the last look."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.files.day_folder import CHATS, CONTACTS, RECORDINGS, SURVEYS

Stamp = tuple[int, int]
"""Size and time of the last change, in nanoseconds."""
FRESH = timedelta(days=2)
"""In folders that changed within that time every file is looked at; in older ones only when something is added."""


@dataclass(frozen=True)
class Arrival:
    """A day folder at one look.

    Attributes:
        quiet: files that are as they were at the look before, with their stamps; only these are whole.
        is_growing: true where others are there.
    """

    folder: Path
    quiet: dict[Path, Stamp]
    is_growing: bool

    @property
    def is_readable(self) -> bool:
        """True where the list of contacts is whole."""
        return self.folder / CONTACTS in self.quiet


class Arrivals:
    """Looks again and again at one place: a day folder that grows, or a folder of such folders."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._files: dict[Path, dict[Path, Stamp]] = {}
        self._marks: dict[Path, tuple[Stamp, ...]] = {}
        self._growing: set[Path] = set()

    def look(self, now: datetime) -> Iterator[Arrival]:
        """Day folders in order of their names, but for old ones in which nothing happened."""
        for folder in self._folders():
            mark = _mark(folder)
            if self._marks.get(folder) == mark and folder not in self._growing and not _is_fresh(mark, now):
                continue
            before, files = self._files.get(folder, {}), dict(_files(folder))
            quiet = {path: stamp for path, stamp in files.items() if before.get(path) == stamp}
            is_growing = len(quiet) < len(files)
            self._growing = self._growing | {folder} if is_growing else self._growing - {folder}
            self._files[folder], self._marks[folder] = files, mark
            yield Arrival(folder, quiet, is_growing)

    def _folders(self) -> list[Path]:
        if (self._place / CONTACTS).is_file():
            return [self._place]
        try:
            inside = sorted(self._place.iterdir())
        except OSError:  # not there yet, or a share that is away for the moment
            return []
        return [path for path in inside if (path / CONTACTS).is_file()]


def _files(folder: Path) -> Iterator[tuple[Path, Stamp]]:
    lists = [folder / CONTACTS, folder / SURVEYS]
    below = [path for name in (RECORDINGS, CHATS) for path in sorted((folder / name).rglob("*"))]
    for path in [*lists, *below]:
        stamp = _stamp(path)
        if stamp is not None and not path.name.startswith(".") and path.is_file():
            yield path, stamp


def _mark(folder: Path) -> tuple[Stamp, ...]:
    """What changes where a file is added, or a list grows."""
    places = (folder, folder / CONTACTS, folder / SURVEYS, folder / RECORDINGS, folder / CHATS)
    return tuple(stamp for path in places if (stamp := _stamp(path)) is not None)


def _is_fresh(mark: tuple[Stamp, ...], now: datetime) -> bool:
    newest = max(changed_ns for _size, changed_ns in mark) / 1e9
    return newest > (now - FRESH).timestamp()


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:  # taken away meanwhile
        return None
    return status.st_size, status.st_mtime_ns
