"""The tables. Whole values are kept as canonical JSON in `document`; the columns beside it are what queries need."""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
    true,
)

from qm.domain.voc_names import HISTORY_COLUMNS, SCALE_COLUMNS, TEXT_COLUMNS, TIME_COLUMNS
from qm.storage.coaching_tables import coaching_aside, coaching_clips, coaching_sessions
from qm.storage.dispute_tables import disputes, own_looks, result_times
from qm.storage.figure_tables import (
    figure_agents,
    figure_cells,
    figure_criteria,
    figure_marks,
    figure_tallies,
    milestones,
)
from qm.storage.hook_tables import hook_deliveries, hook_secrets, hooks, kept_answers
from qm.storage.record_tables import audit_details, audit_events, backups, erasures, holds
from qm.storage.search_tables import saved_searches, search_alerts, search_entries
from qm.storage.table_metadata import metadata
from qm.storage.work_queue_tables import assignments, work_queues
from qm.storage.workbench_tables import (
    people,
    person_secrets,
    reviews,
    sessions,
    sign_in_failures,
    sign_in_links,
    tokens,
)

# fmt: off
__all__ = [  # what stands elsewhere; the rest is this module's own
    "assignments", "audit_details", "audit_events", "backups", "coaching_aside", "coaching_clips",
    "coaching_sessions", "disputes", "erasures", "figure_agents", "figure_cells", "figure_criteria", "figure_marks",
    "figure_tallies", "holds", "hook_deliveries", "hook_secrets", "hooks", "kept_answers", "metadata", "milestones",
    "own_looks", "people", "person_secrets", "result_times", "reviews", "saved_searches", "search_alerts",
    "search_entries", "sessions", "sign_in_failures", "sign_in_links", "tokens", "work_queues",
]
# fmt: on


def _contact_key() -> Column[str]:
    return Column("contact_id", String, ForeignKey("contacts.id"), primary_key=True)


contacts = Table(
    "contacts", metadata,
    Column("id", String, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("team", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_contacts_started_at", "started_at", "id"),
    Index("ix_contacts_agent_id", "agent_id", "started_at", "id"),
    Index("ix_contacts_team", "team", "started_at", "id"),
)  # fmt: skip

contact_facts = Table(
    "contact_facts", metadata, _contact_key(),
    Column("started_s", Float, nullable=False),
    *(Column(name, String, nullable=False) for name in TEXT_COLUMNS),
    *(Column(name, Float) for name in HISTORY_COLUMNS),
    Column("measures", Text, nullable=False, server_default="{}"),
    Index("ix_contact_facts_started_s", "started_s"),
    Index("ix_contact_facts_customer_id", "customer_id", "started_s"),
    Index("ix_contact_facts_agent_id", "agent_id"),
    Index("ix_contact_facts_team", "team"),
    Index(
        "ix_contact_facts_choices",
        "agent_id", "agent_name", "team", "site", "vendor", "process", "medium", "contact_id",
    ),
)  # fmt: skip
"""What figures over many contacts are computed from; `started_s` in seconds since 1970."""

items = Table(
    "items", metadata, _contact_key(), Column("state", String, nullable=False),
    Index("ix_items_state", "state", "contact_id"),
)  # fmt: skip
"""The work list: one row a contact."""

quarantine = Table(
    "quarantine", metadata,
    Column("subject", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("code", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("command", Text, nullable=False),
)  # fmt: skip

published = Table(
    "published", metadata,
    _contact_key(),
    Column("stage", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)  # fmt: skip
"""Which output of which stage stands, and under which fingerprint."""

recordings = Table(
    "recordings", metadata, _contact_key(), Column("sha256", String, nullable=False),
    Index("ix_recordings_sha256", "sha256"),
)  # fmt: skip
recognitions = Table("recognitions", metadata, _contact_key(), Column("document", Text, nullable=False))
voices = Table("voices", metadata, _contact_key(), Column("document", Text, nullable=False))
transcripts = Table(
    "transcripts", metadata, _contact_key(),
    Column("grade", String),
    Column("findings", String, nullable=False, server_default=""),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""`grade`: the letter, or nothing for what isn't graded. `findings`: codes of the transcript's quality, with blanks."""
signals = Table("signals", metadata, _contact_key(), Column("document", Text, nullable=False))

HAS_FAILED: ColumnElement[bool] = literal_column("""result LIKE '%"failed_by":["%'""")
"""Of an evaluation's result: an automatic fail was missed. The list's query repeats its index's condition literally."""
HAS_OPEN: ColumnElement[bool] = literal_column(
    """result LIKE '%"counts":{"cannot_tell":%' AND result NOT LIKE '%"counts":{"cannot_tell":0,%' """
    """AND result NOT LIKE '%"counts":{"cannot_tell":0}%'"""
)
"""Likewise: criteria counted as *cannot tell* are told, and they aren't none."""

evaluations = Table(
    "evaluations", metadata,
    Column("id", String, primary_key=True),
    Column("contact_id", String, ForeignKey("contacts.id"), nullable=False),
    Column("form_id", String, nullable=False),
    Column("score", Float),
    Column("criteria", String, nullable=False, server_default=""),
    Column("codes", String, nullable=False, server_default=""),
    Column("result", Text, nullable=False, server_default="{}"),
    Column("document", Text, nullable=False),
    Column("counts", String, nullable=False, server_default="machine"),
    UniqueConstraint("contact_id", "form_id"),
    Index("ix_evaluations_failed", "contact_id", "form_id", sqlite_where=HAS_FAILED, postgresql_where=HAS_FAILED),
    Index("ix_evaluations_open", "contact_id", "form_id", sqlite_where=HAS_OPEN, postgresql_where=HAS_OPEN),
)  # fmt: skip
"""`document` is the machine's for ever; the columns before it hold what counts, and `counts` says by whom."""

criterion_lists = Table(
    "criterion_lists", metadata, Column("id", String, primary_key=True), Column("criteria", Text, nullable=False)
)  # fmt: skip
"""Which criteria the letters of `evaluations.codes` stand for, separated by blanks; `evaluations.criteria` names it."""

answers = Table(
    "answers", metadata,
    Column("evaluation_id", String, ForeignKey("evaluations.id"), primary_key=True),
    Column("criterion_id", String, primary_key=True),
    Column("answer", String, nullable=False),
    Column("reason", String, nullable=False),
    Index("ix_answers_criterion_id", "criterion_id", "answer"),
)  # fmt: skip

survey_responses = Table(
    "survey_responses", metadata,
    Column("id", String, primary_key=True),
    Column("at_s", Float),
    *(Column(name, Float) for name in TIME_COLUMNS),
    Column("channel", String, nullable=False, server_default=""),
    *(Column(name, Float) for name in SCALE_COLUMNS),
    Column("other", Text, nullable=False, server_default="{}"),
    Column("comment", Text, nullable=False, server_default=""),
    Column("document", Text, nullable=False),
    Index("ix_survey_responses_at_s", "at_s"),
)  # fmt: skip
"""`at_s`: when it was answered, else opened, else asked for; all times in seconds since 1970."""
survey_links = Table(
    "survey_links", metadata,
    Column("response_id", String, ForeignKey("survey_responses.id"), primary_key=True),
    Column("contact_id", String, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_survey_links_contact_id", "contact_id"),
)  # fmt: skip

survey_draws = Table(
    "survey_draws", metadata, _contact_key(),
    Column("day", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("stratum", String, nullable=False),
    Column("probability", Float, nullable=False),
    Column("is_drawn", Integer, nullable=False),
    Column("reason", String, nullable=False),
    Index("ix_survey_draws_day", "day"),
    Index("ix_survey_draws_customer_id", "customer_id", "day"),
)  # fmt: skip
"""Every contact of a day's universe: how likely it was to be asked, and whether it was."""

cases = Table(
    "cases", metadata,
    Column("id", String, primary_key=True),
    Column("response_id", String, ForeignKey("survey_responses.id"), nullable=False),
    Column("contact_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("due_s", Float),
    Column("version", Integer, nullable=False),
    Column("opened_s", Float, nullable=False, server_default="0"),
    Column("severity", Integer, nullable=False, server_default="0"),
    Column("stands", Boolean, nullable=False, server_default=true()),
    Column("assignee", String, nullable=False, server_default=""),
    Column("document", Text, nullable=False),
    UniqueConstraint("response_id"),
    Index("ix_cases_state", "state", "due_s"),
    Index("ix_cases_contact_id", "contact_id"),
)  # fmt: skip
"""Detractor cases; `version` grows with every change, so that two people don't overwrite each other. The columns after
it are what the queue is filtered, counted and sorted by."""

calibration_sessions = Table(
    "calibration_sessions", metadata,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("due_s", Float, nullable=False),
    Column("document", Text, nullable=False),
)  # fmt: skip
calibration_sheets = Table(
    "calibration_sheets", metadata,
    Column("session_id", String, ForeignKey("calibration_sessions.id"), primary_key=True),
    Column("rater", String, primary_key=True),
    Column("contact_id", String, primary_key=True),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""What one rater answered on one contact; never part of an agent's figures."""

saved_reports = Table(
    "saved_reports", metadata,
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""What commands computed over many contacts, for the pages to show; can always be computed again."""

coaching_items = Table(
    "coaching_items", metadata,
    Column("id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("document", Text, nullable=False),
)  # fmt: skip

runs = Table(
    "runs", metadata,
    Column("id", String, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("state", String, nullable=False, server_default="done"),
    Column("kind", String, nullable=False, server_default="day"),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("not_before_s", Float, nullable=False, server_default="0"),
    Column("owner", String, nullable=False, server_default=""),
    Column("token", Integer, nullable=False, server_default="0"),
    Column("until_s", Float, nullable=False, server_default="0"),
    Column("document", Text, nullable=False),
    Index("ix_runs_state", "state", "priority", "started_at"),
)  # fmt: skip
"""Wanted, running and past executions; `owner`, `token` and `until_s` lease the step that ends one."""

IS_OPEN = text("state IN ('waiting', 'leased')")
tasks = Table(
    "tasks", metadata,
    Column("run_id", String, ForeignKey("runs.id"), primary_key=True),
    Column("contact_id", String, ForeignKey("contacts.id"), primary_key=True),
    Column("state", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("length_s", Float, nullable=False, server_default="0"),
    Column("not_before_s", Float, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("owner", String, nullable=False, server_default=""),
    Column("token", Integer, nullable=False, server_default="0"),
    Column("until_s", Float, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Index("ix_tasks_wanted", "state", "priority", "not_before_s", "position"),
    Index("ix_tasks_owner", "owner", "state"),
    Index("uq_tasks_open", "contact_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
)  # fmt: skip
"""What a run wants done, one row a contact. A lease is `owner` until `until_s`; `token` grows with each, so that a late
holder is told from the present one."""

workers = Table(
    "workers", metadata,
    Column("id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", String, nullable=False),
    Column("state", String, nullable=False),
    Column("run_id", String, nullable=False, server_default=""),
    Column("started_s", Float, nullable=False),
    Column("seen_s", Float, nullable=False),
)  # fmt: skip
"""Who works; `seen_s` is the last heartbeat."""

locks = Table(
    "locks", metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("until_s", Float, nullable=False),
)  # fmt: skip
"""What only one process may do at a time (the schedule, say), until when."""

# Left out when contents are compared: they hold moments of computing and working, and who looked.
VOLATILE = frozenset(
    {
        "runs",
        "tasks",
        "workers",
        "locks",
        "saved_reports",
        "audit_events",
        "audit_details",
        "erasures",
        "backups",
        "person_secrets",
        "sessions",
        "tokens",
        "sign_in_links",
        "sign_in_failures",
        "search_entries",
        "search_alerts",
        "hook_secrets",
        "hook_deliveries",
        "kept_answers",
        "figure_agents",
        "figure_cells",
        "figure_criteria",
        "figure_marks",
        "figure_tallies",
        "result_times",
    }
)
