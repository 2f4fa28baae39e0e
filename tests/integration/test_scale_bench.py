"""The benches of size, load and kills, small: they do what they say, and their figures would show a fault."""

from dataclasses import replace
from itertools import pairwise

import pytest

from benchmarks import batch_kills, batch_scale, ingest_load
from benchmarks.api_load import Answers
from benchmarks.batch_kills import End, Tally
from benchmarks.scale_day import make_chat_day, make_voice_day, script
from benchmarks.servers import fresh_settings
from benchmarks.services import Service, environment_of
from benchmarks.stopwatch import Spent, TimedStage
from pipelines.commands.context import CommandContext
from pipelines.files.day_folder import read_day
from qm.config import read_settings
from qm.errors import InputError

TURNS = 8
END = End("content", {"a": "a"}, (), "")


@pytest.fixture
def settings(tmp_path):
    return read_settings({"QM_DATA": str(tmp_path / "var"), "QM_OFFLINE": "yes", "QM_GROUP": "4"}, tmp_path)


@pytest.fixture
def context(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("QM_DATA", str(settings.data))
    monkeypatch.setenv("QM_OFFLINE", "yes")
    monkeypatch.chdir(tmp_path)
    return CommandContext.open()


class FakeSite:
    """A site as the tally sees it."""

    def __init__(self):
        self.kills = {"database": 2}
        self.restarts = 0


def scale(contacts, wall_s, mib=200.0, computed_s=0.0):
    spent = Spent({"score": computed_s}, {"score": computed_s})
    return batch_scale.Scale(contacts, contacts, wall_s, wall_s, mib, spent, {}, 0.0)


def test_made_days_are_read_without_a_fault(tmp_path):
    voice, chats = make_voice_day(tmp_path / "v", 5, TURNS), make_chat_day(tmp_path / "c", 3, 30, first=5)
    read = read_day(voice.folder)
    assert (len(read.contacts), read.faults) == (5, ())
    assert len({path.read_bytes() for path in (voice.folder / "recordings").iterdir()}) == 5
    assert [contact.id for contact in read_day(chats.folder).contacts] == ["M-0000005", "M-0000006", "M-0000007"]
    assert chats.turns == 90


def test_scripted_words_follow_each_other_on_their_channel():
    for speech in script(TURNS):
        for words in speech.channels:
            assert all(one.end_s <= other.start_s for one, other in pairwise(words))


def test_a_day_is_worked_through_and_what_stages_compute_is_told_apart(settings, tmp_path):
    day = make_voice_day(tmp_path / "day", 6, TURNS)
    found = batch_scale.work_through(settings, tmp_path / "data", day, None)
    assert found.done == 6
    assert set(found.computed.wall) >= {"transcribe", "score"}
    assert 0 < found.overhead_s < found.wall_s
    assert found.peak_mib > 50


def test_figures_show_memory_that_grows_and_time_that_grows_faster_than_the_day():
    even = [scale(size, 2 + 0.01 * size) for size in (125, 250, 500, 1000)]
    bent = [scale(size, 2 + 0.01 * size + 3e-5 * size**2, mib=100 + size) for size in (125, 250, 500, 1000)]
    straight, curved = (batch_scale._figures(scales, "inprocess", "") for scales in (even, bent))
    assert straight["wall_off_the_line"].value == pytest.approx(0, abs=1e-6)
    assert curved["wall_off_the_line"].value > 0.10
    assert (straight["memory_growth"].value, curved["memory_growth"].value) == (0, 750)


def test_overhead_is_what_the_stages_didnt_compute():
    figures = batch_scale._figures([scale(n, 0.02 * n, computed_s=0.008 * n) for n in (1, 2, 4, 8)], "inprocess", "")
    assert figures["overhead"].value == pytest.approx(12)


def test_too_few_contacts_are_refused(context):
    with pytest.raises(InputError, match="tell nothing"):
        batch_scale.main(context, contacts=3, databases=("sqlite",), as_json=False)


def test_timed_stages_keep_their_outputs():
    class Doubling:
        name = "double"

        def run(self, needs):
            return 2 * needs

    spent = Spent()
    assert TimedStage(Doubling(), spent).run(4) == 8
    assert set(spent.wall) == {"double"}


@pytest.mark.parametrize(
    ("end", "figure"),
    [
        (replace(END, content="other"), "killed_runs_equal"),
        (replace(END, objects={}), "objects_equal"),
        (replace(END, objects={"a": "altered"}), "objects_equal"),
        (replace(END, chain="event 7"), "audit_chain_whole"),
    ],
)
def test_what_a_kill_broke_is_in_the_figures(end, figure):
    tally = Tally()
    tally.add(FakeSite(), END, END, 1.0, Answers())
    tally.add(FakeSite(), end, END, 1.0, Answers())
    figures = tally.figures(1, 1.0, "")
    assert figures[figure].value == 0.5
    assert figures["kills"].value == 4


def test_a_contact_done_twice_is_in_the_figures():
    tally = Tally()
    tally.add(FakeSite(), replace(END, twice=("C-1",)), END, 1.0, Answers())
    assert tally.figures(1, 1.0, "")["done_twice"].value == 1


def test_a_service_is_killed_and_started_again(settings, tmp_path):
    service = Service("made", ("-c", "input()"), environment_of(settings), tmp_path / "log")
    service.start()
    service.kill()
    assert not service.is_running()
    assert service.wait() == -9
    service.start()
    assert service.stop() != 0
    assert service.starts == 2


def test_pages_answer_while_a_day_is_taken_in(context, tmp_path):
    figures = ingest_load.measure(context, "sqlite", contacts=4, turns=20, rate=20.0, known=2)
    assert figures["done"].value == 1
    assert figures["api_troubles"].value == 0
    assert figures["turns"].n == 80


def test_a_site_whose_parts_are_killed_ends_as_an_undisturbed_one(context, postgres_server, s3_server):
    figures = batch_kills.measure(
        context, lambda folder: make_chat_day(folder, 12, 20).folder, 4, ("worker", "api", "database", "objects"),
        "inprocess", seed=1, servers=(postgres_server, s3_server),
    )  # fmt: skip
    assert figures["kills"].value == 4
    assert figures["killed_runs_equal"].value == figures["objects_equal"].value == 1
    assert figures["audit_chain_whole"].value == 1
    assert figures["done_twice"].value == 0


def test_a_fresh_site_has_nothing_of_another_one(settings, tmp_path):
    one, other = (fresh_settings(settings, tmp_path / name, None) for name in ("one", "other"))
    assert one.database_url != other.database_url
