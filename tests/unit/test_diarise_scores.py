"""The metrics of `qm bench diarise`, on what others published for the same input."""

import pytest

from benchmarks.asr_sets import shared_data
from benchmarks.diarise_scores import diarisation_error, speakers_at_middle, wrong_words
from benchmarks.diarise_sets import read_rttm
from qm.domain.recognition import Voice
from qm.domain.transcript import Word

pytest.importorskip("pyannote.metrics", reason="needs the extra `diarisation`")
pytestmark = pytest.mark.filterwarnings("ignore")  # pyannote's own imports warn
FIXTURES = shared_data() / "diarisation" / "scoring_reference" / "spyder" / "test" / "fixtures"


def voices(*rows):
    return tuple(Voice(*row) for row in rows)


def test_diarisation_error_is_that_of_spyders_readme():
    truth = voices(("A", 0.0, 2.0), ("B", 1.5, 3.5), ("A", 4.0, 5.1))
    found = voices(("1", 0.0, 0.8), ("2", 0.6, 2.3), ("3", 2.1, 3.9), ("1", 3.8, 5.2))
    error = diarisation_error(truth, found, 6.0, collar_s=0.0)
    shares = [part / error.spoken_s for part in (error.missed_s, error.false_alarm_s, error.confused_s)]
    assert shares == pytest.approx([0.098, 0.216, 0.255], abs=0.001)
    assert error.rate == pytest.approx(0.569, abs=0.001)


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the shared data are absent")
@pytest.mark.parametrize(("collar_s", "published"), [(0.0, 0.2639), (0.2, 0.2426)])
def test_diarisation_error_is_what_spyder_publishes_for_its_files(collar_s, published):
    errors_s = spoken_s = 0.0
    for name in recordings("ref.rttm"):
        truth, found = (of_recording(file, name) for file in ("ref.rttm", "hyp.rttm"))
        error = diarisation_error(truth, found, 100.0, collar_s)
        errors_s, spoken_s = errors_s + error.errors_s, spoken_s + error.spoken_s
    assert errors_s / spoken_s == pytest.approx(published, rel=0.01)


def recordings(file):
    return sorted({line.split()[1] for line in (FIXTURES / file).read_text(encoding="utf-8").splitlines() if line})


def of_recording(file, name):
    rows = [line.split() for line in (FIXTURES / file).read_text(encoding="utf-8").splitlines()]
    return voices(*((row[7], float(row[3]), float(row[3]) + float(row[4])) for row in rows if row and row[1] == name))


def test_rttm_is_read_whole_and_in_order(tmp_path):
    line = "SPEAKER f 1 {} 0.5 <NA> <NA> a <NA> <NA>\n"
    path = tmp_path / "x.rttm"
    path.write_text(line.format(3.0) + line.format(1.0), encoding="utf-8")
    assert read_rttm(path) == voices(("a", 1.0, 1.5), ("a", 3.0, 3.5))


def test_silence_has_no_rate():
    assert diarisation_error((), (), 5.0).rate is None


def test_names_dont_matter_and_a_third_name_is_wrong():
    assert wrong_words(("a", "b", "b"), ("2", "1", "1")).hits == 0
    assert wrong_words(("a", "b", "b"), ("2", "1", "3")).hits == 1
    assert wrong_words((), ()).rate is None


def test_nobody_or_two_at_a_words_middle_is_no_answer():
    spoken = (Word("x", 0.0, 1.0, 1.0), Word("y", 1.0, 2.0, 1.0), Word("z", 4.0, 5.0, 1.0))
    assert speakers_at_middle(spoken, voices(("a", 0.0, 2.0), ("b", 1.2, 3.0))) == ("a", "", "")
