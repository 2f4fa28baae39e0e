"""What each column holds of people, and so what an erasure does with it. Every column of every table is named here.

A test compares this with the tables: a new column can't be forgotten.
"""

from collections.abc import Mapping
from enum import StrEnum

from qm.domain.figure_cells import COUNTED, CRITERION_COUNTS, SUMMED


class Holds(StrEnum):
    """What a column holds.

    `dropped`: personal, and goes with its row. `renamed`: an id, in whose place a random one is put. `stripped`:
    rewritten without what is personal. `figures`: results and facts that figures rest on, which stay. `neither`:
    nothing of the customer.
    """

    DROPPED = "dropped"
    RENAMED = "renamed"
    STRIPPED = "stripped"
    FIGURES = "figures"
    NEITHER = "neither"


D, R, S, F, N = Holds.DROPPED, Holds.RENAMED, Holds.STRIPPED, Holds.FIGURES, Holds.NEITHER
_PLACE = ("grain", "day", "agent_id", "team", "site", "vendor")
_OUTPUT = {"contact_id": D, "document": D}
COLUMNS: Mapping[str, Mapping[str, Holds]] = {
    "contacts": {
        "id": R, "started_at": S, "agent_id": F, "team": F, "folder": S, "position": S, "fingerprint": S, "document": S,
    },
    "contact_facts": {
        "contact_id": R, "started_s": S, "customer_id": R, "agent_id": F, "agent_name": F, "team": F, "site": F,
        "vendor": F, "queue": F, "process": F, "medium": F, "direction": F, "kind": F, "language": F, "wait_s": F,
        "ivr_s": F, "hold_s": F, "holds": F, "transfers": F, "talk_s": F, "wrap_s": F, "measures": F,
    },
    "items": {"contact_id": R, "state": F},
    "quarantine": {"subject": D, "stage": D, "code": D, "message": D, "hint": D, "command": D},
    "published": {"contact_id": D, "stage": D, "fingerprint": D},
    "recordings": {"contact_id": D, "sha256": D},
    "recognitions": _OUTPUT,
    "voices": _OUTPUT,
    "transcripts": {**_OUTPUT, "grade": D, "findings": D},
    "signals": _OUTPUT,
    "evaluations": {
        "id": R, "contact_id": R, "form_id": F, "score": F, "criteria": F, "codes": F, "result": F, "document": S,
        "counts": F,
    },
    "criterion_lists": {"id": N, "criteria": N},
    "answers": {"evaluation_id": R, "criterion_id": F, "answer": F, "reason": S},
    "survey_responses": {
        "id": R, "at_s": S, "invited_at": S, "survey_started_at": S, "answered_at": S, "channel": F, "nps": F,
        "satisfaction": F, "csat": F, "ces": F, "resolved": F, "other": F, "comment": S, "document": S,
    },
    "survey_links": {"response_id": R, "contact_id": R, "document": S},
    "survey_draws": {
        "contact_id": R, "customer_id": R, "day": F, "stratum": F, "probability": F, "is_drawn": F, "reason": F,
    },
    "cases": {
        "id": R, "response_id": R, "contact_id": R, "state": F, "due_s": F, "version": F, "opened_s": F, "severity": F,
        "stands": S, "assignee": F, "document": S,
    },
    "calibration_sessions": {"id": N, "state": N, "due_s": N, "document": S},
    "calibration_sheets": {"session_id": N, "rater": N, "contact_id": R, "document": S},
    "saved_reports": {"kind": D, "id": D, "document": D},
    "coaching_items": {"id": D, "agent_id": D, "rank": D, "document": D},
    "runs": dict.fromkeys(
        ("id", "started_at", "state", "kind", "priority", "not_before_s", "owner", "token", "until_s", "document"), N
    ),
    "tasks": {
        "run_id": N, "contact_id": R, "state": F, "priority": N, "position": S, "length_s": F, "not_before_s": N,
        "attempts": F, "owner": N, "token": N, "until_s": N, "error": S,
    },
    "workers": dict.fromkeys(("id", "host", "pid", "version", "state", "run_id", "started_s", "seen_s"), N),
    "locks": dict.fromkeys(("name", "owner", "until_s"), N),
    "audit_events": dict.fromkeys(
        ("seq", "at", "actor", "action", "subject_kind", "subject", "before_sha256", "after_sha256", "details_sha256",
         "previous", "hash"), N,
    ),
    "audit_details": {"seq": D, "document": D},
    "holds": {"id": N, "subject_kind": N, "subject": R, "released_s": N, "document": S},
    "erasures": dict.fromkeys(("id", "kind", "subject_sha256", "state", "at_s", "document"), N),
    "backups": dict.fromkeys(("id", "at_s", "place", "document"), N),
    "reviews": {
        "id": N, "contact_id": R, "form_id": F, "reviewer": N, "state": F, "changed_s": N, "version": F, "document": S,
    },
    "search_entries": dict.fromkeys(
        ("key", "contact_id", "source", "version", "made_s", "language", "turns", "tokens"), D
    ),
    "saved_searches": {"id": N, "owner": N, "name": D, "alerts": N, "document": D},
    "search_alerts": {"search_id": N, "contact_id": D, "at_s": N, "is_read": N},
    "work_queues": {"id": N, "drawn_s": N, "document": N},
    "assignments": {
        "queue_id": N, "step": F, "contact_id": R, "form_id": F, "analyst": N, "state": F, "due": N, "probability": F,
        "stratum": F, "risks": F, "doubts": F, "position": F, "wants_second": F, "done_s": N,
    },
    "disputes": {
        "id": N, "contact_id": R, "form_id": F, "agent_id": F, "state": F, "due_s": N, "version": F, "document": S,
    },
    "own_looks": {"contact_id": D, "agent_id": D, "version": D, "document": D},
    "result_times": {"contact_id": D, "form_id": D, "answers": D, "since_s": D},
    "coaching_sessions": dict.fromkeys(
        ("id", "agent_id", "team", "site", "vendor", "supervisor", "form_id", "criterion_id", "state", "due",
         "version", "change"), N,
    ) | {"document": S},
    "coaching_clips": {"session_id": N, "contact_id": R},
    "coaching_aside": dict.fromkeys(("item_id", "agent_id", "reason", "until", "by", "at_s"), N),
    "people": dict.fromkeys(("id", "login", "state", "version", "document"), N),
    "person_secrets": dict.fromkeys(("person_id", "document"), N),
    "sessions": dict.fromkeys(("key_sha256", "person_id", "csrf", "opened_s", "seen_s"), N),
    "tokens": dict.fromkeys(("id", "key_sha256", "person_id", "expires_s", "document"), N),
    "sign_in_links": dict.fromkeys(("key_sha256", "person_id", "until_s"), N),
    "sign_in_failures": dict.fromkeys(("key", "failures", "last_s"), N),
    "hooks": dict.fromkeys(("id", "state", "made_s", "version", "document"), N),
    "hook_secrets": dict.fromkeys(("hook_id", "secret"), N),
    "hook_deliveries": dict.fromkeys(
        ("id", "hook_id", "event", "subject", "state", "made_s", "tries", "next_s", "status", "error", "owner",
         "until_s", "body"), D,
    ),
    "kept_answers": dict.fromkeys(("key_sha256", "request_sha256", "begun_s", "status", "headers", "body"), D),
    "figure_cells": dict.fromkeys((*_PLACE, "form_id", *COUNTED, *SUMMED), F),
    "figure_criteria": dict.fromkeys((*_PLACE, "form_id", "criterion_id", *CRITERION_COUNTS), F),
    "figure_tallies": dict.fromkeys((*_PLACE, "kind", "name", "n"), F),
    "figure_agents": {"agent_id": F, "name": F},
    "figure_marks": dict.fromkeys(("id", "started_s", "agent_id"), F),
    "milestones": dict.fromkeys(("id", "day", "title_it", "title_en"), N),
}  # fmt: skip
"""`audit_events` keep the ids of contacts and cases, and `runs` the path of a day folder: an id alone leads nowhere
once everything else is gone."""
