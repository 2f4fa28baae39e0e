"""Kill the process at random moments: nothing is lost, nothing is done twice, the content is that of a quiet run."""

import multiprocessing
import random
from time import perf_counter

import pytest

KILLS = 20


@pytest.fixture
def folder(day_of):
    rows = [day_of.row(f"C{number}", f"{number}.wav", agent_id=f"A{number % 3}") for number in range(8)]
    folder = day_of(rows)
    (folder / "recordings" / "3.wav").write_bytes(b"no audio at all")
    (folder / "surveys.csv").write_text(
        "response_id,contact_id,nps,satisfaction\nR1,C1,3,4\nR2,C2,9,9\nR3,CX,5,5\n", encoding="utf-8"
    )
    return folder


@pytest.mark.timeout(1800)  # some hundred starts of a whole run; minutes on a busy machine
def test_killed_at_random_moments_the_content_is_the_same(open_wiring, folder, run, tmp_path):
    fork = multiprocessing.get_context("fork")  # a fresh interpreter would spend the whole time importing

    def child(data):
        wiring = open_wiring(data)
        run(wiring, folder)

    began = perf_counter()
    quiet = fork.Process(target=child, args=(tmp_path / "quiet",))
    quiet.start()
    quiet.join()
    length = perf_counter() - began
    wanted = open_wiring(tmp_path / "quiet").database.content_fingerprint()
    draw = random.Random(20261121)
    died = attempt = 0
    while died < KILLS:
        attempt += 1
        assert attempt < 10 * KILLS, "the run is over before it can be killed"
        data = tmp_path / f"killed{attempt}"
        for _start in range(4):
            process = fork.Process(target=child, args=(data,))
            process.start()
            process.join(timeout=draw.uniform(0, length))
            if process.is_alive():
                process.kill()
                died += 1
            process.join()
        wiring = open_wiring(data)
        run(wiring, folder)
        assert wiring.database.content_fingerprint() == wanted
