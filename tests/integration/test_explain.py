"""`qm rules explain` says what the stored answer says, for every criterion of every form."""

from pipelines.commands.context import CommandContext
from pipelines.reports.explain import explain
from qm.wording import say


def test_every_stored_answer_is_explained_as_it_stands(open_wiring, day_of, run, monkeypatch, tmp_path):
    wiring = open_wiring()
    folder = day_of([day_of.row("C1", "a.wav")])
    run(wiring, folder)
    monkeypatch.setenv("QM_DATA", str(wiring.settings.data))
    context = CommandContext.open()
    with wiring.database.unit_of_work() as unit:
        stored = {a.criterion_id: a for e in unit.evaluations.every() for a in e.answers}
    assert len(stored) == sum(len(form.criteria) for form in wiring.forms.values())
    for criterion_id, answer in stored.items():
        title, reason = list(explain(context, "C1", criterion_id))[:2]
        assert title.endswith(f": {say(f'answer.{answer.answer}', context.language)}")
        assert reason.strip() == say(f"reason.{answer.reason}", context.language)
