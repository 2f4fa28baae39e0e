"""Columns of the tables that the voice-of-the-customer analyses take, and how contacts and surveys are joined.

Tables are pandas data frames: one row a contact, or one row a survey response. What isn't known is `""` in texts, NaN
in numbers and NaT in times; it's never 0.
"""

import pandas as pd

from qm.domain.voc_names import (
    CANNOT_TELL,
    CONTACT_COLUMNS,
    HISTORY_COLUMNS,
    MET,
    NOT_ANSWERED,
    NOT_APPLICABLE,
    NOT_MET,
    SCALE_COLUMNS,
    SURVEY_COLUMNS,
    TEXT_COLUMNS,
    TIME_COLUMNS,
)

__all__ = [
    "CANNOT_TELL", "CONTACT_COLUMNS", "HISTORY_COLUMNS", "MET", "NOT_ANSWERED", "NOT_APPLICABLE", "NOT_MET",
    "SCALE_COLUMNS", "SURVEY_COLUMNS", "TEXT_COLUMNS", "TIME_COLUMNS", "answer_column", "answer_columns",
    "join_surveys", "measure_column", "score_column",
]  # fmt: skip


def answer_column(form_id: str, criterion_id: str) -> str:
    """Column of a criterion's answers."""
    return f"c:{form_id}/{criterion_id}"


def score_column(form_id: str) -> str:
    """Column of a form's scores, 0 to 100."""
    return f"s:{form_id}"


def measure_column(name: str) -> str:
    """Column of a measure of the conversation."""
    return f"m:{name}"


def answer_columns(table: pd.DataFrame, form_id: str = "") -> list[str]:
    """The answer columns of a table, of one form where it's given."""
    return [name for name in table.columns if name.startswith(f"c:{form_id}/" if form_id else "c:")]


def join_surveys(surveys: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """One row a response whose contact is known, with the contact's columns beside it.

    >>> surveys = pd.DataFrame({"response_id": ["R1", "R2"], "contact_id": ["C1", ""], "nps": [9.0, 2.0]})
    >>> join_surveys(surveys, pd.DataFrame({"contact_id": ["C1", "C2"], "team": ["Nord", "Sud"]})).to_dict("records")
    [{'response_id': 'R1', 'contact_id': 'C1', 'nps': 9.0, 'team': 'Nord'}]
    """
    return surveys[surveys["contact_id"] != ""].merge(contacts, on="contact_id", how="inner", validate="many_to_one")
