"""Who may use which route: the one table of the rights matrix, and the site that it's tried on.

Whoever adds a route adds its row here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any

from fastapi.testclient import TestClient

from api.people.principal import PLAIN_COOKIE
from qm.domain.people import Right, Role, Scope

R = Right
HTML = {"accept": "text/html,application/xhtml+xml"}
WHOLE, OWN, OTHER = "whole", "own", "other"
"""What somebody sees: everything, the team of the contact that is asked for, another team."""
SCOPES = {WHOLE: Scope(), OWN: Scope(teams=frozenset({"Casa"})), OTHER: Scope(teams=frozenset({"Partner"}))}
AGENTS = {WHOLE: "A01", OWN: "A01", OTHER: "A04"}
"""An agent's scope is the agent: of `C-1`, or of another contact."""
CONTACT = "C-1"
DISPUTE = "d-matrix"
"""About the contact; nobody decides it here."""
ANYBODY, SIGNED_IN, BY_BROWSER = "anybody", "signed in", "signed in by a browser"


@dataclass(frozen=True)
class Row:
    """Who may use a route.

    Attributes:
        right: what it needs, or `ANYBODY`, or `SIGNED_IN` where no right is needed, `BY_BROWSER` where a token may not.
        whole: only whoever sees the whole site.
        one: it's about one contact or case: for who sees another team it's as if that wasn't there.
        told: words that stand in the answer to whoever sees that contact, and in no other answer.
        status: where it's allowed.
        fields: of a form; `body`: of JSON.
    """

    right: Right | str
    whole: bool = False
    one: bool = False
    told: tuple[str, ...] = ()
    status: int = 200
    query: str = ""
    fields: Callable[["Site"], dict[str, str]] | None = None
    body: Callable[["Site"], Any] | None = None


@dataclass
class Site:
    """The sample day with a case, a closed calibration session and an open one in which everybody takes part."""

    client: TestClient
    sample: Any
    case_id: str
    closed: str
    open: str
    known: dict[tuple[Role, str], tuple[str, str]]

    def version(self) -> str:
        """Of the case, as it is now."""
        return str(self.client.app.state.services.cases.get(self.case_id).version)

    def address(self, path: str, contact: str = CONTACT, case: str = "") -> str:
        """The route's address with ids in it."""
        session = self.open if path.endswith(("/score", "/sheet", "/answers")) else self.closed
        names = {
            "contact_id:path": contact,
            "agent_id:path": "A01" if contact == CONTACT else contact,
            "case_id": case or self.case_id,
            "step": "held" if "coaching" in path else "assign",
            "session_id": session,
            "dispute_id": DISPUTE,
            "place": "0",
            "item_id": "none",
        }
        for name, value in names.items():
            path = path.replace(f"{{{name}}}", value)
        return path

    def enter(self, role: Role, view: str) -> None:
        """Let the client be somebody of that role who sees that much."""
        if (role, view) not in self.known:
            agent = AGENTS[view] if role is Role.AGENT else ""
            self.sample.sign_in(self.client, role, SCOPES[view], agent, login=login_of(role, view))
            self.known[role, view] = self.client.cookies[PLAIN_COOKIE], self.client.headers["x-csrf-token"]
        key, csrf = self.known[role, view]
        self.client.cookies.set(PLAIN_COOKIE, key, domain="127.0.0.1")
        self.client.headers["x-csrf-token"] = csrf

    def leave(self) -> None:
        """Let the client be nobody."""
        self.client.cookies.clear()
        self.client.headers.pop("x-csrf-token", None)

    def ask(
        self,
        method: str,
        path: str,
        row: Row,
        headers: dict[str, str] | None = None,
        sign: str | None = None,
        **ids: str,
    ) -> Any:
        """Ask as a browser asks for pages, as a program for the rest; the sign is in a form's field, or the header."""
        sign = self.client.headers.get("x-csrf-token", "") if sign is None else sign
        fields, body = row.fields and {**row.fields(self), "csrf": sign}, row.body and row.body(self)
        more = (HTML if is_page(path) else {}) | {"x-csrf-token": "" if row.fields else sign} | (headers or {})
        address = self.address(path, **ids) + row.query
        return self.client.request(method, address, headers=more, follow_redirects=False, data=fields, json=body)


def login_of(role, view):
    return f"{role}.{view}"


def is_page(path):
    """Whether a browser goes there."""
    return not path.startswith(("/api/", "/static", "/openapi.json", "/healthz", "/readyz", "/metrics")) and (
        not path.endswith(("/audio", "/peaks"))
    )


def step(site):
    return {"version": site.version(), "to": f"Ada {datetime.now(UTC).isoformat()}"}


def json_step(site):
    return step(site) | {"version": int(site.version())}


def sheet(site):
    """An empty review, on the version that stands there."""
    told = site.client.get(site.address(STANDING) + FORM)
    return {"seen": told.json().get("version", 0)}


def begun(site):
    """Nothing to send, but there is a draft to throw away where that may be."""
    site.client.put(site.address(REVIEW) + FORM, json=sheet(site))


def no_quotas(_site):
    day = "2026-11-20"
    return {"name": "x", "form_id": "servizio-clienti", "since": day, "until": day, "size": 1, "analysts": {}}


def claim(_site):
    """A dispute without its reason."""
    return {"form": "servizio-clienti", "criterion": "x", "why": ""}


def aside(_site):
    return {"reason": "later", "until": (datetime.now(UTC).date() + timedelta(days=3)).isoformat()}


PLAN = {"item": "none", "goal": "x", "due": (datetime.now(UTC).date() + timedelta(days=3)).isoformat()}
AGENT, TEAM = "Giulia Ferretti", "Casa"
FIGURES = Row(R.FIGURES_READ, whole=True)
PARQUET = Row(R.EXPORT_TAKE, status=200 if find_spec("pyarrow") else 503)
HOOKS = Row(R.HOOK_MANAGE, whole=True)
RATER = Row(R.CALIBRATION_ANSWER, whole=True)
OPEN = Row(ANYBODY)
ASSIGNS = Row(R.REVIEW_ASSIGN)
NO_QUEUE = Row(R.REVIEW_ASSIGN, status=404)
"""Of a queue that isn't there; what one sees of another part's: test_queue_pages. Only analysts may both hand out work
and read contacts, as only they may write reviews: the rows of lists of contacts name that right."""
FORM = "?form=servizio-clienti"
REVIEW, STANDING = "/api/v1/reviews/{contact_id:path}", "/api/v1/review-standing/{contact_id:path}"
SESSION = "/api/v1/calibration/sessions/{session_id}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/"): Row(SIGNED_IN),  # where it leads: test_the_front_page_leads_to_what_is_open
    ("GET", "/api/v1/overview"): Row(R.FIGURES_READ, told=(AGENT, TEAM)),
    ("GET", "/quarantine"): FIGURES,
    ("GET", "/api/v1/quarantine"): FIGURES,
    ("GET", "/contacts"): Row(R.CONTACT_READ, told=(AGENT, "C-1", "C-3")),
    ("GET", "/api/v1/contacts"): Row(R.CONTACT_READ, told=(AGENT, "C-1", "C-3")),
    ("GET", "/contacts/{contact_id:path}/audio"): Row(R.CONTACT_LISTEN, one=True),
    ("GET", "/contacts/{contact_id:path}/peaks"): Row(R.CONTACT_LISTEN, one=True),
    ("GET", "/contacts/{contact_id:path}/turns"): Row(R.CONTACT_READ, one=True),
    ("GET", "/contacts/{contact_id:path}"): Row(R.CONTACT_READ, one=True),
    ("GET", "/api/v1/contacts/{contact_id:path}"): Row(R.CONTACT_READ, one=True),
    ("GET", "/print/{contact_id:path}"): Row(R.CONTACT_READ, one=True),
    ("GET", "/review/{contact_id:path}"): Row(R.REVIEW_WRITE, one=True),
    ("GET", REVIEW): Row(R.REVIEW_READ, one=True, query=FORM),
    ("GET", STANDING): Row(R.REVIEW_READ, one=True, query=FORM),
    ("PUT", REVIEW): Row(R.REVIEW_WRITE, one=True, query=FORM, body=sheet),
    ("DELETE", REVIEW): Row(R.REVIEW_WRITE, one=True, query=FORM, status=204, body=begun),
    ("POST", "/api/v1/reviews/done/{contact_id:path}"): Row(R.REVIEW_WRITE, one=True, query=FORM, body=sheet),
    ("GET", "/search"): Row(R.SEARCH_USE, query="?q=registrata", told=(AGENT, "C-1", "C-3")),
    ("GET", "/api/v1/search"): Row(R.SEARCH_USE, query="?q=registrata", told=(AGENT, "C-1", "C-3")),
    ("POST", "/search/saved"): Row(R.SEARCH_USE, status=303, fields=lambda _site: {"name": "x", "q": "registrata"}),
    ("POST", "/search/saved/{search_id}/drop"): Row(R.SEARCH_USE, status=404, fields=lambda _site: {}),
    ("GET", "/search/saved/{search_id}"): Row(R.SEARCH_USE, status=404),
    ("GET", "/api/v1/search/saved"): Row(R.SEARCH_USE),
    ("POST", "/api/v1/search/saved"): Row(
        R.SEARCH_USE, status=201, body=lambda _site: {"name": "y", "q": "registrata"}
    ),
    ("GET", "/api/v1/search/saved/{search_id}"): Row(R.SEARCH_USE, status=404),
    ("DELETE", "/api/v1/search/saved/{search_id}"): Row(R.SEARCH_USE, status=404),
    ("GET", "/coaching"): Row(R.COACHING_READ, told=(AGENT, "C-1", "Marta Riva")),
    ("GET", "/api/v1/coaching"): Row(R.COACHING_READ, told=(AGENT, "C-1", "Marta Riva")),
    ("GET", "/mine"): Row(R.OWN_READ, told=("C/4 è",)),
    ("GET", "/api/v1/mine"): Row(R.OWN_READ, told=("C/4 è",)),
    ("GET", "/mine/contacts/{contact_id:path}/audio"): Row(R.OWN_READ, one=True),
    ("GET", "/mine/contacts/{contact_id:path}/peaks"): Row(R.OWN_READ, one=True),
    ("GET", "/mine/contacts/{contact_id:path}"): Row(R.OWN_READ, one=True),
    ("GET", "/api/v1/mine/contacts/{contact_id:path}"): Row(R.OWN_READ, one=True),
    ("POST", "/mine/shown/{contact_id:path}"): Row(R.OWN_READ, one=True, status=303, fields=lambda _site: {}),
    ("POST", "/api/v1/mine/shown/{contact_id:path}"): Row(R.OWN_READ, one=True),
    # Done before or too late on the sample's contact: what is asked here is who gets as far as that.
    ("POST", "/mine/acknowledged/{contact_id:path}"): Row(
        R.OWN_READ, one=True, status=400, fields=lambda _site: {"remark": "x" * 2001}
    ),
    ("POST", "/mine/assessed/{contact_id:path}"): Row(
        R.OWN_READ, one=True, status=409, fields=lambda _site: {"form": "servizio-clienti"}
    ),
    ("POST", "/mine/disputed/{contact_id:path}"): Row(R.DISPUTE_OPEN, one=True, status=400, fields=claim),
    ("POST", "/mine/withdrawn/{contact_id:path}"): Row(R.DISPUTE_OPEN, one=True, status=409, fields=claim),
    ("POST", "/api/v1/mine/acknowledged/{contact_id:path}"): Row(
        R.OWN_READ, one=True, status=400, body=lambda _site: {"remark": "x" * 2001}
    ),
    ("POST", "/api/v1/mine/assessed/{contact_id:path}"): Row(
        R.OWN_READ, one=True, status=409, body=lambda _site: {"form": "servizio-clienti"}
    ),
    ("POST", "/api/v1/mine/disputed/{contact_id:path}"): Row(R.DISPUTE_OPEN, one=True, status=400, body=claim),
    ("POST", "/api/v1/mine/withdrawn/{contact_id:path}"): Row(
        R.DISPUTE_OPEN, one=True, status=409, body=lambda _site: {"form": "servizio-clienti", "version": 9}
    ),
    ("GET", "/disputes"): Row(R.DISPUTE_DECIDE, query="?state=all", told=(AGENT,)),
    ("GET", "/api/v1/disputes"): Row(R.DISPUTE_DECIDE, query="?state=all", told=(AGENT,)),
    ("GET", "/disputes/figures"): Row(R.DISPUTE_DECIDE),
    ("GET", "/api/v1/disputes/figures"): Row(R.DISPUTE_DECIDE),
    ("GET", "/api/v1/disputes/figures.csv"): Row(R.DISPUTE_DECIDE),
    ("GET", "/disputes/{dispute_id}"): Row(R.DISPUTE_DECIDE, one=True),
    ("GET", "/api/v1/disputes/{dispute_id}"): Row(R.DISPUTE_DECIDE, one=True),
    ("POST", "/disputes/{dispute_id}/decided"): Row(
        R.DISPUTE_DECIDE, one=True, status=409, fields=lambda _site: {"version": "9"}
    ),
    ("POST", "/api/v1/disputes/{dispute_id}/decided"): Row(
        R.DISPUTE_DECIDE, one=True, status=409, body=lambda _site: {"version": 9}
    ),
    ("GET", "/coaching/sessions"): Row(R.COACHING_READ),
    ("GET", "/coaching/sessions/new"): Row(R.COACHING_WRITE, status=404, query="?item=none"),
    ("POST", "/coaching/sessions"): Row(R.COACHING_WRITE, status=404, fields=lambda _site: PLAN),
    ("POST", "/coaching/aside/{item_id}"): Row(R.COACHING_WRITE, status=404, fields=aside),
    ("GET", "/coaching/sessions/{session_id}"): Row(R.COACHING_READ, status=404),
    ("POST", "/coaching/sessions/{session_id}/{step}"): Row(R.COACHING_WRITE, status=404, fields=lambda _site: {}),
    ("GET", "/api/v1/coaching/sessions"): Row(R.COACHING_READ),
    ("GET", "/api/v1/coaching/sessions.csv"): Row(R.COACHING_READ),
    ("GET", "/api/v1/coaching/clips/{item_id}"): Row(R.COACHING_WRITE, status=404),
    ("POST", "/api/v1/coaching/sessions"): Row(
        R.COACHING_WRITE, status=404, body=lambda _site: {**PLAN, "target": 0.9}
    ),
    ("GET", "/api/v1/coaching/sessions/{session_id}"): Row(R.COACHING_READ, status=404),
    ("POST", "/api/v1/coaching/sessions/{session_id}/{step}"): Row(
        R.COACHING_WRITE, status=404, body=lambda _site: {"version": 1}
    ),
    ("GET", "/mine/coaching"): Row(R.OWN_READ),
    ("GET", "/api/v1/mine/coaching"): Row(R.OWN_READ),
    ("GET", "/mine/coaching/{session_id}"): Row(R.OWN_READ, status=404),
    ("GET", "/api/v1/mine/coaching/{session_id}"): Row(R.OWN_READ, status=404),
    ("GET", "/mine/coaching/{session_id}/clips/{place}/audio"): Row(R.OWN_READ, status=404),
    ("POST", "/mine/coaching/{session_id}/{step}"): Row(R.OWN_READ, status=404, fields=lambda _site: {}),
    ("GET", "/voc"): FIGURES,
    ("GET", "/api/v1/voc"): FIGURES,
    ("GET", "/api/v1/voc.csv"): FIGURES,
    ("POST", "/api/v1/surveys"): Row(R.SURVEY_WRITE, whole=True, body=lambda _site: []),
    ("GET", "/cases"): Row(R.CASE_READ, told=(AGENT, TEAM)),
    ("GET", "/cases/report"): Row(R.CASE_READ, query="?since=2026-11-16", told=(TEAM,)),
    ("GET", "/cases/{case_id}"): Row(R.CASE_READ, one=True),
    ("POST", "/cases/{case_id}/{step}"): Row(R.CASE_WORK, one=True, status=303, fields=step),
    ("GET", "/api/v1/cases"): Row(R.CASE_READ, told=(AGENT, TEAM)),
    ("GET", "/api/v1/cases.csv"): Row(R.CASE_READ, told=("C-1",)),
    ("GET", "/api/v1/cases/report"): Row(R.CASE_READ, query="?since=2026-11-16", told=(TEAM,)),
    ("GET", "/api/v1/cases/report.csv"): Row(R.CASE_READ, query="?since=2026-11-16", told=(TEAM,)),
    ("GET", "/api/v1/cases/{case_id}"): Row(R.CASE_READ, one=True),
    ("POST", "/api/v1/cases/{case_id}/{step}"): Row(R.CASE_WORK, one=True, body=json_step),
    **{
        ("GET", f"{start}{page}"): Row(R.FIGURES_READ, query="?days=400", told=told)
        for start in ("/dashboards", "/api/v1/dashboards")
        for page, told in (("", (AGENT, TEAM)), ("/criteria", (TEAM,)), ("/trend", ()), ("/data", ()))
    },
    **{
        ("GET", f"/api/v1/dashboards{page}.csv"): Row(R.FIGURES_READ, query="?days=400", told=told)
        for page, told in (("", (AGENT, TEAM)), ("/criteria", (TEAM,)), ("/trend", ()))
    },
    ("GET", "/dashboards/agents/{agent_id:path}"): Row(R.FIGURES_READ, one=True),
    ("GET", "/api/v1/dashboards/agents/{agent_id:path}"): Row(R.FIGURES_READ, one=True),
    ("POST", "/dashboards/milestones"): Row(
        R.REVIEW_ASSIGN, whole=True, status=303, fields=lambda _site: {"day": "2026-11-23", "title_it": "Corso"}
    ),
    ("POST", "/dashboards/milestones/drop"): Row(
        R.REVIEW_ASSIGN, whole=True, status=303, fields=lambda _site: {"milestone": "none"}
    ),
    ("GET", "/comments"): Row(R.CONTACT_READ, whole=True),
    ("GET", "/api/v1/comments"): Row(R.CONTACT_READ, whole=True),
    ("GET", "/api/v1/comments.csv"): Row(R.CONTACT_READ, whole=True),
    ("GET", "/drivers"): FIGURES,
    ("GET", "/api/v1/drivers"): FIGURES,
    ("GET", "/api/v1/drivers.csv"): FIGURES,
    ("GET", "/drivers/form"): FIGURES,
    ("GET", "/api/v1/drivers/form"): FIGURES,
    ("GET", "/api/v1/drivers/form.csv"): FIGURES,
    ("GET", "/selection"): FIGURES,
    ("GET", "/api/v1/selection"): FIGURES,
    ("GET", "/api/v1/selection.csv"): FIGURES,
    ("GET", "/estimates"): FIGURES,
    ("GET", "/api/v1/estimates"): FIGURES,
    ("GET", "/api/v1/estimates.csv"): FIGURES,
    ("GET", "/api/v1/estimates/groups.csv"): FIGURES,
    ("GET", "/calibration"): RATER,
    ("GET", "/calibration/sessions/{session_id}"): RATER,
    ("GET", "/calibration/sessions/{session_id}/score"): RATER,
    ("POST", "/calibration/sessions/{session_id}/score"): Row(
        R.CALIBRATION_ANSWER, whole=True, status=303, fields=lambda _site: {"contact": CONTACT}
    ),
    ("GET", "/api/v1/calibration/sessions"): RATER,
    ("GET", SESSION): RATER,
    ("GET", f"{SESSION}/agreement.csv"): RATER,
    ("GET", f"{SESSION}/sheet"): RATER,
    ("POST", f"{SESSION}/answers"): Row(R.CALIBRATION_ANSWER, whole=True, body=lambda _site: {"answers": []}),
    ("GET", "/calibration/raters"): FIGURES,
    ("GET", "/api/v1/calibration/raters"): FIGURES,
    ("GET", "/api/v1/calibration/raters.csv"): FIGURES,
    ("GET", "/calibration/map"): FIGURES,
    ("GET", "/api/v1/calibration/map"): FIGURES,
    ("GET", "/api/v1/calibration/map.csv"): FIGURES,
    ("GET", "/queue"): Row(R.REVIEW_WRITE),
    ("GET", "/queue/next"): Row(R.REVIEW_WRITE, status=303),
    ("GET", "/api/v1/queue"): Row(R.REVIEW_WRITE),
    ("GET", "/queues"): ASSIGNS,
    ("GET", "/queues/new"): ASSIGNS,
    ("POST", "/queues/new"): Row(R.REVIEW_ASSIGN, status=400, fields=lambda _site: {"size": "x"}),
    ("POST", "/queues"): Row(R.REVIEW_ASSIGN, status=400, fields=lambda _site: {"size": "x"}),
    ("GET", "/queues/{queue_id}"): NO_QUEUE,
    ("POST", "/queues/{queue_id}/change"): Row(R.REVIEW_WRITE, status=404, fields=lambda _site: {"step": "first"}),
    ("POST", "/queues/{queue_id}/hand-over"): Row(R.REVIEW_ASSIGN, status=404, fields=lambda _site: {}),
    ("POST", "/queues/{queue_id}/withdraw"): Row(R.REVIEW_ASSIGN, status=404, fields=lambda _site: {}),
    ("GET", "/api/v1/queues"): ASSIGNS,
    ("POST", "/api/v1/queues/preview"): Row(R.REVIEW_ASSIGN, status=400, body=no_quotas),
    ("POST", "/api/v1/queues"): Row(R.REVIEW_ASSIGN, status=400, body=no_quotas),
    ("GET", "/api/v1/queues/{queue_id}"): NO_QUEUE,
    ("GET", "/api/v1/queues/{queue_id}/assignments"): Row(R.REVIEW_WRITE, status=404),
    ("GET", "/api/v1/queues/{queue_id}/assignments.csv"): Row(R.REVIEW_WRITE, status=404),
    ("POST", "/api/v1/queues/{queue_id}/change"): Row(
        R.REVIEW_WRITE, status=404, body=lambda _site: {"contact_id": "C-1", "withdraw": True}
    ),
    ("POST", "/api/v1/queues/{queue_id}/hand-over"): Row(
        R.REVIEW_ASSIGN, status=404, body=lambda _site: {"from": "a", "to": "b"}
    ),
    ("POST", "/api/v1/queues/{queue_id}/withdraw"): Row(R.REVIEW_ASSIGN, status=404),
    ("GET", "/audit"): Row(R.AUDIT_READ, whole=True),
    ("GET", "/api/v1/audit"): Row(R.AUDIT_READ, whole=True),
    ("GET", "/api/v1/export/contacts.csv"): Row(R.EXPORT_TAKE, told=(AGENT, "C-1", "C-3")),
    ("GET", "/api/v1/export/contacts.parquet"): PARQUET,
    ("GET", "/api/v1/contacts/{contact_id:path}/vcon"): Row(R.EXPORT_TAKE, one=True),
    ("GET", "/hooks"): HOOKS,
    ("POST", "/hooks"): Row(R.HOOK_MANAGE, whole=True, status=400, fields=lambda _site: {"url": "x"}),
    ("POST", "/hooks/{hook_id}/{step}"): Row(R.HOOK_MANAGE, whole=True, status=400, fields=lambda _site: {}),
    ("GET", "/api/v1/hooks"): HOOKS,
    ("POST", "/api/v1/hooks"): Row(
        R.HOOK_MANAGE, whole=True, status=400, body=lambda _site: {"url": "x", "events": []}
    ),
    ("DELETE", "/api/v1/hooks/{hook_id}"): Row(R.HOOK_MANAGE, whole=True, status=404),
    ("POST", "/api/v1/hooks/{hook_id}/pause"): Row(R.HOOK_MANAGE, whole=True, status=404),
    ("POST", "/api/v1/hooks/{hook_id}/resume"): Row(R.HOOK_MANAGE, whole=True, status=404),
    ("POST", "/api/v1/hooks/{hook_id}/test"): Row(R.HOOK_MANAGE, whole=True, status=404),
    ("GET", "/api/v1/hooks/{hook_id}/deliveries"): Row(R.HOOK_MANAGE, whole=True, status=404),
    ("POST", "/api/v1/hooks/{hook_id}/deliveries/{delivery_id}/resend"): Row(R.HOOK_MANAGE, whole=True, status=404),
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): OPEN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): Row(ANYBODY, status=401, fields=lambda _site: {"login": "nobody", "password": "x"}),
    ("POST", "/sign-out"): Row(SIGNED_IN, status=303, fields=lambda _site: {}),
    ("GET", "/password"): OPEN,
    ("POST", "/password"): Row(ANYBODY, status=401, fields=lambda _site: {"link": "x", "password": "y", "again": "y"}),
    ("GET", "/sign-in/oidc"): Row(ANYBODY, status=404),  # no provider is set here
    ("GET", "/sign-in/oidc/callback"): Row(ANYBODY, status=404),
    ("GET", "/account"): Row(BY_BROWSER),
    ("POST", "/account/password"): Row(BY_BROWSER, status=401, fields=lambda _site: {"old": "x"}),
    ("POST", "/account/code/new"): Row(BY_BROWSER, status=401, fields=lambda _site: {"password": "x"}),
    ("POST", "/account/code"): Row(BY_BROWSER, status=409, fields=lambda _site: {"code": "000000"}),
    ("POST", "/account/code/off"): Row(BY_BROWSER, status=401, fields=lambda _site: {"password": "x"}),
    ("POST", "/account/sessions/end"): Row(BY_BROWSER, status=303, fields=lambda _site: {}),
    ("POST", "/account/tokens"): Row(BY_BROWSER, status=400, fields=lambda _site: {"name": "x", "days": "1"}),
    ("POST", "/account/tokens/{token_id}/drop"): Row(BY_BROWSER, status=404, fields=lambda _site: {}),
    ("GET", "/api/v1/tokens"): Row(BY_BROWSER),
    ("POST", "/api/v1/tokens"): Row(BY_BROWSER, status=400, body=lambda _site: {"name": "x", "rights": [], "days": 1}),
    ("DELETE", "/api/v1/tokens/{token_id}"): Row(BY_BROWSER, status=404),
    ("GET", "/docs"): Row(SIGNED_IN),
    ("GET", "/openapi.json"): OPEN,
    ("GET", "/static"): Row(ANYBODY, query="/app.css"),
}
