"""Use cases of trained answers over fakes: train, say, follow; damaged artefacts; labels that can't be used."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from models.fakes_encoder import HashingEncoder
from qm.analysis.measure_talk import measure_talk
from qm.domain.evaluation import Answer
from qm.domain.prediction import LifeStage
from qm.domain.trained_answers import AnswerLabel
from qm.domain.transcript import Role
from qm.errors import EngineError, InputError, NotFoundError
from qm.services.answers import AnswerService
from qm.storage.answer_folder import AnswerFolder
from tests.unit import builders

YES, NO = "La prenotazione è confermata", "Purtroppo non è possibile"


class Contacts:
    """Contacts `C-0`…; even ones end well."""

    def __init__(self, count):
        self.ids = [f"C-{at}" for at in range(count)]
        self.noted = []

    @contextmanager
    def __call__(self):
        every = [builders.contact(name) for name in self.ids]
        outputs = SimpleNamespace(
            transcript=self._transcript, signals=lambda name: measure_talk(self._transcript(name))
        )
        audit = SimpleNamespace(note=lambda *what, **more: self.noted.append((*what, more["after"]["stage"])))
        contacts = SimpleNamespace(get=self._contact, every=lambda: iter(every))
        yield SimpleNamespace(contacts=contacts, outputs=outputs, audit=audit)

    def _contact(self, name):
        if name not in self.ids:
            raise NotFoundError("contact.unknown", f"no contact '{name}'")
        return builders.contact(name)

    def _transcript(self, name):
        if name == "C-5":
            raise NotFoundError("output.missing", "not yet")
        number = int(name.removeprefix("C-"))
        ending = NO if number % 2 else YES
        return builders.call(
            (Role.CUSTOMER, 0.0, f"Vorrei una visita {'presto' * (number % 3)}"), (Role.AGENT, 5.0, ending)
        )


def labels(start, stop, criterion="booked", *, wrong=False):
    right = {0: Answer.MET, 1: Answer.NOT_MET}
    return [AnswerLabel(f"C-{at}", criterion, right[(at + wrong) % 2]) for at in range(start, stop)]


@pytest.fixture
def service(tmp_path):
    return AnswerService(Contacts(220), AnswerFolder(tmp_path), HashingEncoder(), {"booked", "other"})


@pytest.fixture
def trained(service):
    service.train(labels(0, 120))
    return service


def test_a_criterion_goes_from_people_to_automatic_and_back(service):
    (one,), left_out = service.train(labels(0, 120))
    assert one.standing.stage is LifeStage.ASSISTED
    assert [(item.label.contact_id, item.reason) for item in left_out] == [("C-5", "no_transcript")]
    (standing,), _none = service.review(labels(0, 200))
    assert standing.stage is LifeStage.AUTOMATIC
    assert len(standing.reviews) == 80  # those that it was trained on prove nothing
    found = service.apply(["C-210"])["C-210"]["booked"]
    assert (found.answer, found.stage, found.turn_ids[0]) == (Answer.MET, "automatic", "t2")
    (standing,), _none = service.review(labels(200, 220, wrong=True))
    assert (standing.stage, standing.reason) == (LifeStage.PEOPLE, "disagreed")
    assert service.apply(["C-210"]) == {"C-210": {}}
    assert service.hashes() == {}
    told = ("model.changed", "criterion", "booked")
    assert service._unit_of_work.noted == [(*told, "assisted"), (*told, "automatic"), (*told, "people")]


def test_training_anew_starts_anew_with_the_same_bytes(trained):
    before = trained.report("booked").standing
    trained.review(labels(120, 200))
    trained.train(reversed(labels(0, 120)))
    after = trained.report("booked").standing
    assert after == before


def test_few_labels_stay_with_people_and_say_so(service):
    (one,), _left_out = service.train(labels(0, 20))
    assert (one.standing.stage, one.standing.reason, one.standing.model) == (LifeStage.PEOPLE, "too_few", "")
    assert service.report("booked").report.labels.n == 19
    assert service.apply([]).keys() >= {"C-0", "C-219"}


def test_labels_that_cant_be_used_are_named_and_the_rest_goes_on(service):
    rows = [*labels(0, 120), AnswerLabel("X", "booked", Answer.MET), AnswerLabel("C-1", "none", Answer.MET)]
    found, left_out = service.train(iter(rows))
    assert len(found) == 1
    assert {item.reason for item in left_out} == {"no_contact", "no_criterion", "no_transcript"}
    with pytest.raises(InputError, match=r"answers\.no_labels"):
        service.train([AnswerLabel("C-1", "booked", Answer.CANNOT_TELL)])


def test_unknown_criteria_and_contacts_are_errors(trained):
    with pytest.raises(NotFoundError, match=r"answers\.untrained"):
        trained.report("other")
    with pytest.raises(NotFoundError):
        trained.apply(["X"])


@pytest.mark.parametrize("name", ["weights.npz", "model.json", "manifest.json", "report.json"])
def test_a_changed_artefact_is_refused(trained, tmp_path, name):
    (place,) = tmp_path.glob(f"booked/*/{name}")
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(bytes(content))
    fresh = AnswerService(Contacts(220), AnswerFolder(tmp_path), HashingEncoder(), {"booked"})
    with pytest.raises(EngineError, match=r"answers\.altered"):
        fresh.apply(["C-1"])


@pytest.mark.parametrize("content", ["", "{}", '{"criterion_id": "other"}'])
def test_a_damaged_standing_is_refused(trained, tmp_path, content):
    (tmp_path / "booked" / "standing.json").write_text(content)
    with pytest.raises(EngineError, match=r"answers\.altered"):
        trained.reports()


def test_another_encoder_is_refused(trained, tmp_path):
    class Other(HashingEncoder):
        def describe(self):
            return builders.ENGINE

    other = AnswerService(Contacts(220), AnswerFolder(tmp_path), Other(), {"booked"})
    with pytest.raises(EngineError, match=r"answers\.other_encoder"):
        other.apply(["C-1"])


@pytest.mark.parametrize("name", ["..", "../x", "", "a/b", "x" * 200])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    with pytest.raises(InputError, match=r"criterion\.unknown"):
        AnswerFolder(tmp_path).put(name, {"a": b"b"})
