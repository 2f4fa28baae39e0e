"""Responses joined to contacts in the store are those that joining both tables gives."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from qm.analysis.voc.voc_columns import join_surveys
from qm.domain.contact import Kind
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from tests.unit import builders

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
COLUMNS = ("started_at", "kind", "team", "process", "answered_at", "channel", "nps")


@pytest.fixture
def database(database):
    with database.unit_of_work() as unit:
        for number in range(6):
            contact = builders.contact(
                f"C{number}", started_at=START + timedelta(days=number), process=f"p{number % 2}",
                kind=Kind.MYSTERY if number == 5 else Kind.CUSTOMER,
            )  # fmt: skip
            unit.contacts.save(contact, "/d", number, "")
        at = [START + timedelta(days=number, hours=1) for number in range(5)]
        unit.surveys.save(
            [SurveyResponse(f"R{n}", answered_at=when, nps=n, other={"s": n / 2}) for n, when in enumerate(at)]
        )
        unit.surveys.save([SurveyResponse("R9")])
        links = [SurveyLink(f"R{n}", f"C{n}" if n < 4 else "", LinkMethod.CONTACT_ID, 1.0) for n in range(5)]
        unit.surveys.replace_links(links)
    return database


def test_one_join_in_the_store_gives_the_same_rows(database):
    with database.reading() as unit:
        apart = join_surveys(unit.facts.surveys(), unit.facts.contacts(columns=COLUMNS))
        joined = unit.facts.joined(COLUMNS, others=True)
        assert list(joined.columns) == ["contact_id", *COLUMNS, "x:s"]
        pd.testing.assert_frame_equal(
            joined.sort_values("contact_id", ignore_index=True), apart[list(joined.columns)], check_dtype=False
        )
        some = unit.facts.joined(("nps",), START + timedelta(days=1), START + timedelta(days=3), process="p1")
        assert some.to_dict("list") == {"contact_id": ["C1"], "nps": [1.0]}
        assert unit.facts.joined(("nps",), process="none").empty


def test_counts_of_contacts_and_of_what_is_linked_to_none(database):
    with database.reading() as unit:
        assert (unit.facts.count(), unit.facts.count(process="p1"), unit.facts.count(until=START)) == (5, 2, 0)
        assert unit.facts.unlinked() == 2  # R4 without a contact, R9 never linked and without a time
        assert unit.facts.unlinked(until=START) == 1
