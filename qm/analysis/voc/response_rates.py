"""Who was asked, who opened the survey and who answered: by agent, process, hour and channel."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from qm.analysis.voc.compare_groups import holm
from qm.analysis.voc.group_figures import share_figure
from qm.domain.figures import Count
from qm.domain.selection import ResponseGroup, ResponseTable
from qm.domain.voc_names import SCALE_COLUMNS

DIMENSIONS = ("agent", "team", "process", "hour", "medium", "channel")
"""`medium` is the contact's, `channel` the survey's (sms, e-mail, …)."""
COLUMNS = {"agent": "agent_id", "team": "team", "process": "process", "medium": "medium"}


def answered_mask(surveys: pd.DataFrame) -> pd.Series:
    """True where a response answers anything: a scale, or at least a moment of answering."""
    scales = [name for name in surveys.columns if name in SCALE_COLUMNS or name.startswith("x:")]
    return surveys["answered_at"].notna() | surveys[scales].notna().any(axis=1)


def with_states(contacts: pd.DataFrame, surveys: pd.DataFrame) -> pd.DataFrame:
    """The contacts with `invited`, `started` and `answered`; of several responses to a contact, any counts."""
    answered = answered_mask(surveys)
    states = pd.DataFrame({
        "contact_id": surveys["contact_id"],
        "invited": True,
        "started": answered | surveys["survey_started_at"].notna(),
        "answered": answered,
    })  # fmt: skip
    of_contact = states[states["contact_id"] != ""].groupby("contact_id")[["invited", "started", "answered"]].any()
    found = of_contact.reindex(contacts["contact_id"]).fillna(value=False).astype(bool)
    return contacts.assign(**{name: found[name].to_numpy() for name in found.columns})


def response_rates(states: pd.DataFrame, surveys: pd.DataFrame, least_n: int) -> tuple[ResponseTable, ...]:
    """Response rates in every dimension.

    Args:
        states: customers' contacts, of `with_states` and `with_moments`.
        surveys: all responses of the period, for the survey's channel.
        least_n: invited, below which no rate is told.
    """
    tables = [_table(name, _keyed(states, name), least_n) for name in DIMENSIONS[:-1]]
    answered = answered_mask(surveys)
    asked = pd.DataFrame({
        "key": surveys["channel"], "name": surveys["channel"], "invited": True,
        "started": answered | surveys["survey_started_at"].notna(), "answered": answered,
    })  # fmt: skip
    tables.append(_table("channel", asked, least_n, counts_contacts=False))
    told = [(table, p) for table in tables if (p := _difference(table.groups)) is not None]
    adjusted = holm(np.array([p for _table, p in told])).tolist()
    of = dict(zip([table.dimension for table, _p in told], adjusted, strict=True))
    return tuple(ResponseTable(table.dimension, table.groups, of.get(table.dimension)) for table in tables)


def _keyed(states: pd.DataFrame, dimension: str) -> pd.DataFrame:
    is_hour = dimension == "hour"
    key = states["hour"].astype(int).map("{:02d}".format) if is_hour else states[COLUMNS[dimension]]
    name = states["agent_name"] if dimension == "agent" else key
    return states[["invited", "started", "answered"]].assign(key=key, name=name)


def _table(dimension: str, rows: pd.DataFrame, least_n: int, *, counts_contacts: bool = True) -> ResponseTable:
    counts = rows.groupby("key", sort=True).agg(
        name=("name", "first"), contacts=("invited", "size"), invited=("invited", "sum"), started=("started", "sum"),
        answered=("answered", "sum"),
    )  # fmt: skip
    groups = tuple(
        ResponseGroup(
            str(row.Index), str(row.name), int(row.contacts) if counts_contacts else 0, int(row.invited),
            int(row.started), int(row.answered),
            share_figure(Count(int(row.answered), int(row.invited)), max(least_n, 1)),
        )
        for row in counts.itertuples()
    )  # fmt: skip
    return ResponseTable(dimension, groups, None)


def _difference(groups: Sequence[ResponseGroup]) -> float | None:
    from scipy.stats import chi2_contingency

    told = [(group.answered, group.invited - group.answered) for group in groups if group.rate.value is not None]
    table = np.array(told).reshape(-1, 2)
    if len(table) < 2 or (table.sum(axis=0) == 0).any():
        return None
    return float(chi2_contingency(table)[1])
