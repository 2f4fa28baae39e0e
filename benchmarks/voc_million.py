"""A database of a million contacts: only the columns that figures over many contacts read, written in bulk."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, insert

from qm.domain.form import Criterion, Form, Section
from qm.domain.text import Text
from qm.fingerprint import fingerprint
from qm.storage import tables
from qm.storage.database import Database

FORM = "made"
AGENTS = 400
DAYS = 91
FIRST_S = datetime(2026, 8, 24, tzinfo=UTC).timestamp()
DAY_S = 86_400
AT_ONCE = 50_000
LETTERS = np.array(list("mnac"))
SHARES = (0.6, 0.2, 0.15, 0.05)
"""Of answers: met, not met, not applicable, cannot tell."""


def fill(
    database: Database, *, contacts: int = 1_000_000, surveys: int = 100_000, criteria: int = 40, seed: int = 1
) -> None:
    """Fill an empty database. The first criterion, a short wait and no transfer please customers; nothing else does."""
    rng = np.random.default_rng(seed)
    names = " ".join(f"k{number:02d}" for number in range(criteria))
    surveyed = np.sort(rng.choice(contacts, min(surveys, contacts), replace=False))
    database.upgrade()
    with database.unit_of_work() as unit:
        # The stores write a document a row; a bench of a million rows goes past them to the same tables.
        connection = unit.contacts._connection  # noqa: SLF001
        _put(connection, tables.criterion_lists, [{"id": fingerprint(names), "criteria": names}])
        for start in range(0, contacts, AT_ONCE):
            stop = min(start + AT_ONCE, contacts)
            part = _Part(rng, start, stop, criteria)
            for table, rows in part.rows(fingerprint(names)):
                _put(connection, table, rows)
            own = surveyed[(surveyed >= start) & (surveyed < stop)]
            for table, rows in part.responses(rng, own):
                _put(connection, table, rows)
    with database.unit_of_work() as unit:
        unit.contacts._connection.exec_driver_sql("ANALYZE")  # noqa: SLF001


def made_form(criteria: int = 40) -> Form:
    """The form whose answers the contacts have."""
    title = Text(FORM, FORM)
    made = tuple(Criterion(f"k{number:02d}", title, title, title) for number in range(criteria))
    return Form(FORM, "1", title, (Section("all", title, 1.0, made),))


class _Part:
    """Some contacts in a row, drawn column by column."""

    def __init__(self, rng: np.random.Generator, start: int, stop: int, criteria: int) -> None:
        n = stop - start
        self.start, self.n = start, n
        self.agent = rng.integers(AGENTS, size=n)
        self.started_s = FIRST_S + rng.integers(DAYS, size=n) * DAY_S + rng.uniform(7, 18, n) * 3600
        self.wait_s = rng.lognormal(3.6, 0.9, n).round(1)
        self.transfers = (rng.random(n) < 0.12).astype(float)
        self.holds = rng.poisson(0.4, n).astype(float)
        self.talk_s = rng.lognormal(5.4, 0.6, n).round(1)
        self.customer = rng.integers(contacts_of_customers(stop), size=n)
        self.codes = rng.choice(len(LETTERS), size=(n, criteria), p=SHARES)

    def rows(self, listed: str) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
        ids = [f"C{self.start + place:07d}" for place in range(self.n)]
        moments = [datetime.fromtimestamp(at, UTC).isoformat() for at in self.started_s]
        yield tables.contacts, [
            {
                "id": contact_id, "started_at": at, "agent_id": f"A{agent:03d}", "team": f"T{agent % 20:02d}",
                "folder": "/made", "position": 0, "fingerprint": "", "document": "{}",
            }
            for contact_id, at, agent in zip(ids, moments, self.agent, strict=True)
        ]  # fmt: skip
        yield tables.contact_facts, [self._facts(place, contact_id) for place, contact_id in enumerate(ids)]
        met = (self.codes == 0).sum(axis=1)
        answered = np.maximum(1, (self.codes <= 1).sum(axis=1))
        letters = LETTERS[self.codes]
        yield tables.evaluations, [
            {
                "id": f"e{contact_id}", "contact_id": contact_id, "form_id": FORM, "criteria": listed,
                "score": float(100 * met[place] / answered[place]), "codes": "".join(letters[place]), "document": "{}",
            }
            for place, contact_id in enumerate(ids)
        ]  # fmt: skip

    def _facts(self, place: int, contact_id: str) -> dict[str, Any]:
        agent = int(self.agent[place])
        return {
            "contact_id": contact_id, "started_s": float(self.started_s[place]), "agent_id": f"A{agent:03d}",
            "agent_name": f"Agent {agent}", "team": f"T{agent % 20:02d}", "site": f"S{agent % 4}", "vendor": "V",
            "queue": "q", "process": f"P{agent % 5}", "medium": "voice", "direction": "in", "kind": "customer",
            "language": "it", "customer_id": f"K{self.customer[place]}", "wait_s": float(self.wait_s[place]),
            "ivr_s": 30.0, "hold_s": float(40 * self.holds[place]), "holds": float(self.holds[place]),
            "transfers": float(self.transfers[place]), "talk_s": float(self.talk_s[place]), "wrap_s": 20.0,
            "measures": "{}",
        }  # fmt: skip

    def responses(
        self, rng: np.random.Generator, numbers: np.ndarray
    ) -> Iterator[tuple[Table, list[dict[str, Any]]]]:  # fmt: skip
        own = numbers - self.start
        leaning = (
            0.6 + 0.8 * (self.codes[own, 0] == 0) - 0.35 * np.log1p(self.wait_s[own] / 40) - 0.8 * self.transfers[own]
        )  # fmt: skip
        mood = 1 / (1 + np.exp(-(leaning + rng.logistic(0, 1, len(own)))))
        answers = np.clip(np.rint(10 * mood), 0, 10)
        nps = np.clip(answers + rng.integers(-1, 2, len(own)), 0, 10)
        at = self.started_s[own] + 7200
        ids = [f"R{number:07d}" for number in numbers]
        yield tables.survey_responses, [
            {
                "id": name, "at_s": float(when), "invited_at": float(when - 5400), "survey_started_at": None,
                "answered_at": float(when), "channel": "sms", "nps": float(score), "satisfaction": float(answer),
                "csat": None, "ces": None, "resolved": None, "other": "{}", "comment": "", "document": "{}",
            }
            for name, when, score, answer in zip(ids, at, nps, answers, strict=True)
        ]  # fmt: skip
        yield (
            tables.survey_links,
            [
                {"response_id": name, "contact_id": f"C{number:07d}", "document": "{}"}
                for name, number in zip(ids, numbers, strict=True)
            ],
        )


def contacts_of_customers(contacts: int) -> int:
    """Customers among whom so many contacts are spread."""
    return max(1, contacts // 2)


def _put(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
