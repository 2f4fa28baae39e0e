"""Tables as Parquet, written page by page. Needs the extra `parquet` (pyarrow)."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from qm.errors import EngineError

KINDS = ("text", "number", "moment")


def require_parquet() -> None:
    """Return where Parquet can be written.

    Raises:
        EngineError: pyarrow isn't installed (`export.no_parquet`).
    """
    try:
        import pyarrow.parquet  # noqa: F401 - 170 MB that most sites don't need
    except ImportError:
        hint = "pip install 'quality-equation[parquet]', or take CSV"
        raise EngineError("export.no_parquet", "Parquet can't be written: pyarrow isn't installed", hint) from None


def write_parquet(
    target: IO[bytes], columns: Sequence[tuple[str, str]], pages: Iterable[Sequence[Sequence[Any]]]
) -> int:
    """Write a table; returns how many rows it has.

    Args:
        columns: name and kind of each: `text`, `number` (float64) or `moment` (microseconds, UTC).
        pages: rows, some at a time; each page is a row group.

    Raises:
        EngineError: pyarrow isn't installed.
    """
    require_parquet()
    import pyarrow
    from pyarrow import parquet

    kinds = {"text": pyarrow.string(), "number": pyarrow.float64(), "moment": pyarrow.timestamp("us", tz="UTC")}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in columns])
    count = 0
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for page in pages:
            arrays = [
                pyarrow.array(values, kinds[kind])
                for (_name, kind), values in zip(columns, zip(*page, strict=True), strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
            count += len(page)
    return count
