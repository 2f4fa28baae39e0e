"""Tables of figures: sums by day and agent that dashboards add up, and marks of what changed since."""

from sqlalchemy import Column, Float, Index, Integer, String, Table

from qm.domain.figure_cells import COUNTED, CRITERION_COUNTS, SUMMED
from qm.storage.table_metadata import metadata


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


PLACE = ("grain", "day", "agent_id", "team", "site", "vendor")
"""`grain`: `agent`, or `team` for the sums of all agents (then without agent); `day` like 2026-11-23."""

figure_cells = Table(
    "figure_cells", metadata,
    *(_key(name) for name in (*PLACE, "form_id")),
    *(Column(name, Integer, nullable=False, server_default="0") for name in COUNTED),
    *(Column(name, Float, nullable=False, server_default="0") for name in SUMMED),
    Index("ix_figure_cells_agent_id", "agent_id", "day"),
)  # fmt: skip
"""What contacts of a day and agent came to on a form; `form_id` is empty for what is about whole contacts."""

figure_criteria = Table(
    "figure_criteria", metadata,
    *(_key(name) for name in (*PLACE, "form_id", "criterion_id")),
    *(Column(name, Integer, nullable=False) for name in CRITERION_COUNTS),
    Index("ix_figure_criteria_agent_id", "agent_id", "day"),
    Index("ix_figure_criteria_team", "team", "grain", "day"),
)  # fmt: skip
"""Answers by criterion."""

figure_tallies = Table(
    "figure_tallies", metadata,
    *(_key(name) for name in (*PLACE, "kind", "name")),
    Column("n", Integer, nullable=False),
)  # fmt: skip
"""Contacts by reason of quarantine, grade of the transcript, language, and what is missing."""

figure_agents = Table(
    "figure_agents", metadata, Column("agent_id", String, primary_key=True), Column("name", String, nullable=False)
)  # fmt: skip
"""The name that the newest contact gives an agent."""

figure_marks = Table(
    "figure_marks", metadata,
    Column("id", String, primary_key=True),
    Column("started_s", Float, nullable=False),
    Column("agent_id", String, nullable=False),
)  # fmt: skip
"""Contacts whose facts changed since the sums were taken. Triggers write them, in the transaction of the change."""

milestones = Table(
    "milestones", metadata,
    Column("id", String, primary_key=True),
    Column("day", String, nullable=False),
    Column("title_it", String, nullable=False),
    Column("title_en", String, nullable=False),
    Index("ix_milestones_day", "day"),
)  # fmt: skip
"""What happened when: a new script, a training. Shown in trends."""
