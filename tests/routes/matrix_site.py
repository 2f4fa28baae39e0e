"""The site of the rights matrix: the sample day, and what else can be asked for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.calibration import Purpose
from qm.domain.dispute import Dispute, DisputedItem, DisputeState
from qm.domain.evaluation import Answer
from qm.domain.people import Scope
from qm.services.calibration import Wanted
from tests.routes.rights_table import CONTACT, DISPUTE, Site


@contextmanager
def made_site(sample: Any, folder: Path, raters: Sequence[str]) -> Iterator[Site]:
    """The sample day with a case, two calibration sessions of these raters (one closed), a dispute, a look."""
    settings = sample.settings_of(folder)
    sample.fill(settings)
    app = create_app(settings)
    services = app.state.services
    services.cases.open_all()
    (case,) = services.cases.queue().items
    assert case.contact_id == CONTACT
    now = datetime.now(UTC)
    wanted = Wanted("servizio-clienti", Purpose.RANDOM, 1, tuple(raters), now + timedelta(days=2))
    made = [services.calibration.open(wanted) for _ in range(2)]
    services.calibration.close(made[0].id)
    item = DisputedItem("x", Answer.NOT_MET, "rule", "why")
    dispute = Dispute(
        DISPUTE, CONTACT, "servizio-clienti", "A01", "a", DisputeState.OPEN, now, now + timedelta(days=3), (item,)
    )
    with services.database.unit_of_work() as unit:
        form = next(e for e in unit.evaluations.of_contact(CONTACT) if e.form_id == "servizio-clienti")
        contested = replace(item, criterion_id=form.answers[0].criterion_id)
        unit.disputes.save(replace(dispute, items=(contested,)), 0)
    services.own.seen_by(Scope(agents=frozenset({"A01"}))).get(CONTACT, "a", skip=True)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield Site(client, sample, case.id, made[0].id, made[1].id, {})
