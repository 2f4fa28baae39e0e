"""What people open all day, as one table: a line a kind of page. Other parts add theirs here."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.scale_day import AGENTS, contact_id
from benchmarks.workbench_site import PROCESSES, SOURCES, TEAMS

PAGE_MS, SEARCH_MS = 150.0, 300.0
SEARCHES = (
    "rimborso", "fattura codice", '"posso aiutarla"', "disdet*", "rimborso OR storno", "fattura -rimborso",
    "cliente:fattura", "codice NEAR/3 cliente", "cliente:fattura THEN/60 agente:codice", "xyzzy",
)  # fmt: skip
"""What is looked for: rare and common words, quotations, nearness, and what nobody says."""
AUDIO_MS = 200.0
AUDIO_BYTES = 64 * 1024


@dataclass(frozen=True)
class Kind:
    """A kind of page.

    Attributes:
        path: by number of contacts and a draw.
        share: how often it's opened by people at work, among the others; 0: measured alone only.
        below_ms: what 95 of 100 shall take at most.
        first_bytes: only so many are asked for, by a byte range.
    """

    name: str
    path: Callable[[int, random.Random], str]
    share: float = 0.0
    below_ms: float = PAGE_MS
    first_bytes: int = 0


def _always(path: str) -> Callable[[int, random.Random], str]:
    return lambda _contacts, _draw: path


def _any_contact(before: str, after: str = "") -> Callable[[int, random.Random], str]:
    return lambda contacts, draw: f"{before}{contact_id(draw.randrange(contacts))}{after}"


def _any_call(contacts: int, draw: random.Random) -> str:
    """Of the contacts that were worked through the first half are calls, and every other one is a copy of them."""
    sources = min(SOURCES, contacts)
    number = draw.randrange(contacts) // sources * sources + draw.randrange(max(1, sources // 2))
    return f"/contacts/{contact_id(min(number, contacts - 1) if number < contacts else 0)}/audio"


KINDS = (
    Kind("list", _always("/contacts"), 0.2),
    Kind("list_json", _always("/api/v1/contacts?size=50")),
    Kind("list_agent", lambda _n, draw: f"/contacts?agent=A{draw.randrange(AGENTS):03d}", 0.05),
    Kind("list_team", lambda _n, draw: f"/contacts?team=T{draw.randrange(TEAMS):02d}", 0.05),
    Kind("list_process", lambda _n, draw: f"/contacts?process={draw.choice(PROCESSES)}", 0.02),
    Kind("list_medium", _always("/contacts?medium=chat"), 0.02),
    Kind("list_done", _always("/contacts?state=done")),
    Kind("list_quarantined", _always("/contacts?state=quarantined"), 0.02),
    Kind("list_waiting", _always("/contacts?state=waiting")),
    Kind("list_failed", _always("/contacts?failed=true"), 0.05),
    Kind("list_open", _always("/contacts?open=true"), 0.04),
    Kind("contact", _any_contact("/contacts/"), 0.15),
    Kind("review", _any_contact("/review/"), 0.2),
    Kind("coaching", _always("/coaching"), 0.05),
    Kind("coaching_supervisor", lambda _n, draw: f"/coaching?supervisor=S{draw.randrange(TEAMS):02d}", 0.05),
    Kind("overview", _always("/"), 0.03),
    Kind("cases", _always("/cases"), 0.03),
    Kind("dashboards", _always("/dashboards"), 0.02),
    Kind("dashboards_criteria", _always("/dashboards/criteria"), 0.01),
    Kind("dashboards_trend", _always("/dashboards/trend"), 0.01),
    Kind("dashboards_data", _always("/dashboards/data")),
    Kind("search", lambda _n, draw: f"/search?q={quote(draw.choice(SEARCHES))}", 0.05, SEARCH_MS),
    Kind("quarantine", _always("/quarantine")),
    Kind("queue", _always("/queue"), 0.02),
    Kind("disputes", _always("/disputes"), 0.01),
    Kind("audio", _any_call, 0.04, AUDIO_MS, AUDIO_BYTES),
)
DEEP = Kind("list_deep", _always(""), 0.0)
"""The page that comes after a hundred others; its address is found by going there."""
PAGES_DEEP = 100
