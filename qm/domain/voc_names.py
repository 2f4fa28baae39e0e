"""Names of the columns that contacts and survey responses have in tables of many: storage fills, analysis reads."""

TEXT_COLUMNS = (
    "agent_id", "agent_name", "team", "site", "vendor", "queue", "process", "medium", "direction", "kind", "language",
    "customer_id",
)  # fmt: skip
"""Texts of a contact; `""`: not known."""
HISTORY_COLUMNS = ("wait_s", "ivr_s", "hold_s", "holds", "transfers", "talk_s", "wrap_s")
"""Seconds and counts that the telephone system delivered; NaN: not delivered."""
TIME_COLUMNS = ("invited_at", "survey_started_at", "answered_at")
"""Moments of a survey response."""
SCALE_COLUMNS = ("nps", "satisfaction", "csat", "ces", "resolved")
"""Answers of a survey response; `resolved` is 1 or 0."""
CONTACT_COLUMNS = ("contact_id", "started_at", *TEXT_COLUMNS, *HISTORY_COLUMNS)
SURVEY_COLUMNS = ("response_id", "contact_id", *TIME_COLUMNS, "channel", *SCALE_COLUMNS)

MET, NOT_MET, NOT_APPLICABLE, CANNOT_TELL, NOT_ANSWERED = 1, 0, -1, -2, -3
"""Codes of the answer columns `c:<form>/<criterion>`."""
