"""Made contacts and surveys with planted truths, for the benches and tests of selection and estimates."""

import numpy as np
import pandas as pd
from sqlalchemy import insert

from qm.analysis.voc.contact_features import with_moments
from qm.analysis.voc.fit_logistic import expit
from qm.domain.voc_names import HISTORY_COLUMNS, SCALE_COLUMNS, TEXT_COLUMNS, TIME_COLUMNS
from qm.storage import tables
from qm.storage.database import Database

ZONE = "Europe/Rome"


def made_contacts(generator: np.random.Generator, n: int, agents: int = 20, days: int = 60) -> pd.DataFrame:
    """`n` customers' contacts over so many days, with `with_moments`; waits and talks as skewed as real ones."""
    agent = generator.integers(agents, size=n)
    process = generator.choice(["billing", "faults", "sales"], size=n, p=[0.5, 0.3, 0.2])
    moment = generator.uniform(0, days, n).astype(int) * 86400 + generator.uniform(7, 18, n) * 3600
    frame = pd.DataFrame({
        "contact_id": [f"C{number:07d}" for number in range(n)],
        "started_at": pd.to_datetime(1_767_225_600 + np.sort(moment), unit="s", utc=True).astype("datetime64[ns, UTC]"),
        "agent_id": [f"A{number:03d}" for number in agent], "agent_name": [f"Agent {number}" for number in agent],
        "team": np.where(agent % 3 == 0, "North", np.where(agent % 3 == 1, "South", "East")), "site": "", "vendor": "",
        "queue": "", "process": process, "medium": "voice", "direction": "in", "kind": "customer", "language": "it",
        "customer_id": [f"K{number}" for number in generator.integers(n, size=n)],
        "wait_s": generator.lognormal(3.7, 1.0, n), "ivr_s": generator.lognormal(3.2, 0.6, n),
        "talk_s": generator.lognormal(5.4, 0.7, n), "wrap_s": generator.lognormal(3.3, 0.7, n),
        "holds": generator.poisson(0.4, n).astype(float), "transfers": (generator.random(n) < 0.12).astype(float),
    })  # fmt: skip
    frame["hold_s"] = frame["holds"] * generator.lognormal(3.5, 0.6, n)
    return with_moments(frame, ZONE)


def satisfaction_odds(contacts: pd.DataFrame) -> np.ndarray:
    """Log odds of a satisfied customer: long waits, holds and transfers cost, faults please less."""
    wait = np.log1p(contacts["wait_s"].to_numpy()) - 3.7
    return np.asarray(
        1.0 - 0.6 * wait - 0.5 * contacts["holds"].to_numpy() - 1.0 * contacts["transfers"].to_numpy()
        - 0.5 * (contacts["process"] == "faults").to_numpy()
    )  # fmt: skip


def answering_odds(contacts: pd.DataFrame) -> np.ndarray:
    """Log odds of an answer: who waited, was transferred or talked long is the rarer to answer."""
    wait = np.log1p(contacts["wait_s"].to_numpy()) - 3.7
    talk = np.log1p(contacts["talk_s"].to_numpy()) - 5.4
    return np.asarray(
        -0.8 - 0.6 * wait - 0.8 * contacts["transfers"].to_numpy() + 0.4 * talk
        - 0.4 * (contacts["process"] == "faults").to_numpy()
    )  # fmt: skip


def made_surveys(contacts: pd.DataFrame, answers: np.ndarray, invited: np.ndarray) -> pd.DataFrame:
    """One response for each invited contact; `answers` is the satisfaction 0-10, NaN where nothing was answered."""
    rows = np.flatnonzero(invited)
    at = contacts["started_at"].to_numpy()[rows]
    answered = ~np.isnan(answers[rows])
    asked = pd.Series(pd.to_datetime(at, utc=True)) + pd.Timedelta(hours=1)
    replied = (asked + pd.Timedelta(hours=3)).where(answered)
    frame = pd.DataFrame({
        "response_id": [f"R{row:07d}" for row in rows], "contact_id": contacts["contact_id"].to_numpy()[rows],
        "invited_at": asked, "survey_started_at": replied, "answered_at": replied,
        "channel": "sms",
    })  # fmt: skip
    for name in SCALE_COLUMNS:
        frame[name] = np.nan
    frame["satisfaction"] = answers[rows]
    return frame


def made_quarter(generator: np.random.Generator, n: int = 6000, agents: int = 20) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contacts and surveys of 60 days: agent A003 asks the short ones, silence isn't random, the last 12 days worse."""
    contacts = made_contacts(generator, n, agents)
    day = contacts["started_at"].dt.day_of_year.to_numpy()
    odds = satisfaction_odds(contacts) + generator.normal(0, 0.4, agents)[contacts["agent_id"].str[1:].astype(int)]
    odds -= 0.9 * (day > day.max() - 12)
    mood = expit(odds + generator.logistic(0, 0.7, n))
    short = contacts["talk_s"].to_numpy() < contacts["talk_s"].median()
    chance = np.where(contacts["agent_id"] == "A003", np.where(short, 0.95, 0.4), 0.7)
    invited = generator.random(n) < chance
    answered = invited & (generator.random(n) < expit(answering_odds(contacts) + 0.5))
    surveys = made_surveys(contacts, np.where(answered, np.rint(10 * mood), np.nan), invited)
    surveys["nps"] = np.clip(surveys["satisfaction"] + generator.integers(-1, 2, len(surveys)), 0, 10)
    return contacts, surveys


def fill_made(database: Database, contacts: pd.DataFrame, surveys: pd.DataFrame) -> None:
    """Write made tables into a database, past the stores that keep a document a row."""
    database.upgrade()
    started_s = _seconds(contacts["started_at"])
    with database.unit_of_work() as unit:
        connection = unit.contacts._connection  # noqa: SLF001
        facts = [*TEXT_COLUMNS, *HISTORY_COLUMNS]
        rows = contacts[["contact_id", *facts]].assign(started_s=started_s, measures="{}").to_dict("records")
        documents = [
            {"id": row["contact_id"], "started_at": str(row["started_s"]), "agent_id": row["agent_id"],
             "team": row["team"], "folder": "/made", "position": 0, "fingerprint": "", "document": "{}"}
            for row in rows
        ]  # fmt: skip
        connection.execute(insert(tables.contacts), documents)
        connection.execute(insert(tables.contact_facts), rows)
        told = surveys.assign(**{name: _seconds(surveys[name]) for name in TIME_COLUMNS}, other="{}", comment="",
                              document="{}", id=surveys["response_id"])  # fmt: skip
        told["at_s"] = told["answered_at"].fillna(told["invited_at"])
        kept = told.drop(columns=["response_id", "contact_id"]).astype(object)
        connection.execute(insert(tables.survey_responses), kept.where(kept.notna(), None).to_dict("records"))
        links = surveys[["response_id", "contact_id"]].assign(document="{}")
        connection.execute(insert(tables.survey_links), links.to_dict("records"))


def _seconds(moments: pd.Series) -> pd.Series:
    return (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
