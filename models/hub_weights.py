"""Weights of the hub that aren't in the catalogue: fetched by name once, and used as they came from then on."""

import re
from pathlib import Path

from models.catalogue import Progress
from qm.errors import WeightsError

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_FILES = ["config.json", "model.bin", "tokenizer.json", "preprocessor_config.json", "vocabulary.*"]


def is_hub_name(name: str) -> bool:
    """True for `owner/name`.

    >>> is_hub_name("Systran/faster-whisper-small"), is_hub_name("./folder"), is_hub_name("whisper-base")
    (True, False, False)
    """
    return bool(_NAME.fullmatch(name))


def fetch_from_hub(name: str, root: Path, *, offline: bool, progress: Progress) -> Path:
    """The folder of a CTranslate2 model of the hub, downloaded once; nothing is known of its bytes beforehand.

    Raises:
        WeightsError: not there and not to be had.
    """
    folder = root / name.replace("/", "--")
    if (folder / "model.bin").is_file():
        return folder
    if offline:
        hint = f"put a CTranslate2 model into {folder}, or unset QM_OFFLINE"
        raise WeightsError("weights.missing", f"{name}: not here, and nothing may be downloaded", hint)
    part = root / f"{folder.name}.part"
    try:
        from huggingface_hub import snapshot_download

        progress(f"downloading {name} from the hub; its bytes aren't in the catalogue, so they are taken as they are")
        snapshot_download(name, local_dir=part, allow_patterns=_FILES)
    except Exception as error:  # re-raised as ours: which HTTP library the hub uses, its versions decide
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        hint = "check the name and the connection, or set QM_MODEL to a local CTranslate2 folder"
        raise WeightsError("weights.unreachable", f"{name}: {reason}", hint) from error
    if not (part / "model.bin").is_file():
        raise WeightsError("weights.not_shipped", f"{name} holds no model.bin", "name a CTranslate2 Whisper model")
    part.replace(folder)  # only now: a killed download never looks finished, and goes on where it stopped
    return folder
