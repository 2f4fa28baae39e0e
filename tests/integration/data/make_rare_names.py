"""Make the recordings of this folder again. Needs festival with the Italian voices, and ffmpeg."""

import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAID = {
    "ghiringhelli_lp": (
        "Buongiorno, mi chiamo Ghiringhelli, la signora Ghiringhelli, chiamo per il contratto della luce."
    ),
    "zanzucchi_pc": ("Pronto, parlo con il servizio clienti? Sono Zanzucchi, abito in via Zanzucchi otto a Parma."),
    "enercopro_lp": ("Buongiorno, ho ricevuto una lettera da Enercopro, volevo parlare con Enercopro della bolletta."),
}
AS_OPUS = "-ar 8000 -ac 1 -c:a libopus -b:a 24k -application voip"
EXACT = "-map_metadata -1 -fflags +bitexact -flags:a +bitexact"


def make(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        voice = name.rpartition("_")[2]
        speak = f'(utt.save.wave (utt.synth (Utterance Text "{text}")) "{spoken}" \'riff)'
        program = f"(voice_{voice}_diphone)\n{speak}\n"
        subprocess.run(["festival", "--pipe"], input=program.encode("latin-1"), check=True)
        options = [*AS_OPUS.split(), *EXACT.split()]
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", spoken, *options, HERE / f"{name}.ogg"], check=True)


if __name__ == "__main__":
    for given in SAID.items():
        make(*given)
