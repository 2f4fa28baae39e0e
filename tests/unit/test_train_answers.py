"""Training on made contacts: it finds what is there, claims nothing where nothing is, and comes out the same twice."""

import os
import subprocess
import sys

import numpy as np
import pytest

from models.fakes_encoder import HashingEncoder
from qm.analysis.describe_answers import FACTS, describe, texts_of, turn_words
from qm.analysis.fit_answers import fit, log_odds
from qm.analysis.measure_talk import measure_talk
from qm.analysis.train_answers import decide, groups_of, predict, train, weighing_turns
from qm.config import REPOSITORY
from qm.domain.contact import Agent, Medium
from qm.domain.evaluation import Answer
from qm.domain.transcript import Role
from qm.errors import EngineError
from qm.services.answer_artefacts import ARRAYS, pack, unpack
from tests.unit import builders

ENCODER = HashingEncoder()
OPENINGS = ("Vorrei prenotare una visita", "Mi serve un appuntamento", "Buongiorno, chiamo per la caldaia")
MIDDLES = ("Che giorno preferisce?", "Mi dice il nome?", "Un momento che guardo")
YES, NO = ("La prenotazione è confermata", "Tutto fatto, è confermato"), ("Purtroppo non c'è posto", "Non è possibile")


def described(said, **about):
    call = builders.call(*((role, 5.0 * at, text) for at, (role, text) in enumerate(said)))
    contact = builders.contact(**about)
    return describe(contact, call, measure_talk(call), ENCODER.encode(texts_of(call)))


def made(n, seed=1, *, noise=0.0):
    rng = np.random.default_rng(seed)
    found, is_met = [], []
    for _at in range(n):
        met = bool(rng.random() < 0.6)
        ending = (YES if met != (rng.random() < noise) else NO)[rng.integers(2)]
        said = [
            (Role.CUSTOMER, OPENINGS[rng.integers(3)]), (Role.AGENT, MIDDLES[rng.integers(3)]),
            (Role.CUSTOMER, f"Il giorno {rng.integers(28)}"), (Role.AGENT, ending), (Role.CUSTOMER, "Grazie"),
        ]  # fmt: skip
        found.append(described(said))
        is_met.append(float(met))
    return found, np.array(is_met), [f"C-{at}" for at in range(n)]


@pytest.fixture(scope="module")
def trained():
    found, is_met, names = made(160)
    return train("booked", found, is_met, names)


def test_what_is_there_is_found_and_proved(trained):
    model, report = trained
    assert report.reasons == ()
    assert report.labels.n == report.groups == 160
    assert all(side.threshold is not None and side.lower >= 0.9 for side in report.sides)
    again, truth, _names = made(60, seed=9)
    given = [decide(model, predict(model, one)) for one in again]
    opposite = [Answer.NOT_MET if met else Answer.MET for met in truth]
    assert not any(one is other for one, other in zip(given, opposite, strict=True))
    assert sum(answer is not Answer.CANNOT_TELL for answer in given) >= 50


def test_the_telling_turn_weighs_most(trained):
    model, _report = trained
    one = described([(Role.CUSTOMER, OPENINGS[0]), (Role.AGENT, MIDDLES[0]), (Role.AGENT, YES[0])])
    assert weighing_turns(model, one, Answer.MET)[0] == 2


def test_noise_stays_with_people():
    found, is_met, names = made(120, noise=0.5)
    _model, report = train("noise", found, is_met, names)
    assert not report.answers
    assert report.reasons


@pytest.mark.parametrize(("n", "met", "reason"), [(30, 15, "too_few"), (200, 195, "one_sided"), (120, 100, "too_few")])
def test_too_little_to_learn_from_stays_with_people_and_says_so(n, met, reason):
    is_met = np.array([1.0] * met + [0.0] * (n - met))
    model, report = train("c", [described([])] * n, is_met, [f"C-{at}" for at in range(n)])
    assert model is None
    assert report.reasons == (reason,)
    assert not report.answers


def test_agents_are_held_out_whole_where_there_are_enough():
    contacts = [f"C-{at}" for at in range(40)]
    assert groups_of(contacts, ["A"] * 40) == ("contact", contacts)
    agents = [f"A-{at % 10}" for at in range(40)]
    assert groups_of(contacts, agents) == ("agent", agents)
    assert groups_of(contacts, ["", *agents[1:]])[0] == "contact"


def files_of(trained):
    model, report = trained
    return pack(model, report, encoder_sha256="e" * 64, labels_sha256="f" * 64, seed=1, product_version="1")


def test_an_artefact_holds_the_model_and_answers_alike(trained):
    model, report = trained
    again, about, told = unpack(files_of(trained))
    assert told == report
    assert about.encoder_sha256 == "e" * 64
    one = described([(Role.AGENT, YES[0])])
    assert predict(again, one) == pytest.approx(predict(model, one), abs=1e-6)
    assert b"# Model card: booked" in files_of(trained)["card.md"]


@pytest.mark.parametrize("broken", [b"", b"PK nonsense", "pickle"], ids=["empty", "zip", "pickle"])
def test_broken_or_dangerous_arrays_are_refused(trained, broken, tmp_path):
    if broken == "pickle":
        np.savez(tmp_path / "x.npz", rarity=np.array([object()], dtype=object))
        broken = (tmp_path / "x.npz").read_bytes()
    with pytest.raises(EngineError, match=r"answers\.altered"):
        unpack(files_of(trained) | {ARRAYS: broken})


PROGRAM = """
import hashlib
from tests.unit.test_train_answers import files_of, made, train
found, is_met, names = made(90)
print(hashlib.sha256(repr(sorted(files_of(train("booked", found, is_met, names)).items())).encode()).hexdigest())
"""


def test_same_labels_and_seed_same_bytes_under_another_hash_seed_and_locale():
    said = set()
    for seed, locale in (("1", "C"), ("77", "it_IT.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
        )  # fmt: skip
        said.add(done.stdout)
    assert len(said) == 1


def test_who_speaks_is_never_seen():
    said = [(Role.AGENT, "Buongiorno"), (Role.CUSTOMER, "Salve")]
    one = described(said)
    other = described(said, contact_id="C-9", agent=Agent("A-9", "Zoe", "Sud"), customer_id="K-7")
    assert one.words == other.words
    assert np.array_equal(one.facts, other.facts)
    assert described(said, process="reclami").words != one.words


@pytest.mark.parametrize("medium", list(Medium))
@pytest.mark.parametrize(
    "said", [[], [(Role.AGENT, "Sì")], [(Role.UNKNOWN, "chi parla?")], [(Role.CUSTOMER, "🙂 مرحبا")]]
)
def test_every_contact_can_be_described(said, medium):
    one = described(said, medium=medium)
    assert one.facts.shape == (len(FACTS),)
    assert all(np.isfinite(part).all() for part in (one.facts, one.meaning))


def test_words_of_the_end_count_apart_and_numbers_stand_for_any():
    assert "c>:#" in turn_words("c", "il 14", is_late=True)
    assert "c>:#" not in turn_words("c", "il 14", is_late=False)
    assert turn_words("a", "l'hotel 'Old Inn' è pieno", is_late=False)[2] == "a:qqq"


def test_log_odds_are_the_mean_of_the_views():
    found, is_met, _names = made(60)
    weights = fit(found, is_met, 1)
    assert set(weights.views) == {"words", "facts", "meaning"}
    assert log_odds(weights, []).shape == (0,)
    assert np.allclose(log_odds(weights, found)[:5], [log_odds(weights, [one])[0] for one in found[:5]])
