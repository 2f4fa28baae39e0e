"""Build small day folders by hand: real wav files of tone and silence, no voices needed."""

import csv
from pathlib import Path

import numpy as np
import soundfile as sf

COLUMNS = [
    "contact_id", "medium", "started_at", "agent_id", "agent_name", "team", "process", "direction", "customer_id",
    "language", "recording", "agent_channel", "kind", "supervisor",
]  # fmt: skip


def row(contact_id: str, recording: str, **changes: str) -> dict[str, str]:
    """One contact with sensible values."""
    values = {
        "contact_id": contact_id, "medium": "voice", "started_at": "2026-11-20T09:00:00+01:00", "agent_id": "A1",
        "agent_name": "Anna Bianchi", "team": "Casa", "process": "fatturazione", "direction": "in",
        "customer_id": f"K-{contact_id}", "language": "it", "recording": recording, "agent_channel": "0",
        "kind": "customer", "supervisor": "Marta Riva",
    }  # fmt: skip
    return values | changes


def write_day(folder: Path, rows: list[dict[str, str]]) -> Path:
    """`contacts.csv` and an empty `recordings/`."""
    (folder / "recordings").mkdir(parents=True, exist_ok=True)
    with (folder / "contacts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def tone(path: Path, *, seconds: float = 2.0, channels: int = 2, rate: int = 8000, seed: int = 1) -> Path:
    """Noise whose bytes depend on `seed`, so that no two recordings are duplicates."""
    samples = np.random.default_rng(seed).normal(0, 0.05, (int(seconds * rate), channels))
    sf.write(path, samples.astype(np.float32), rate, subtype="PCM_16", format="WAV")
    return path
