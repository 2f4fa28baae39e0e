"""Every route × every role × all contacts, the own team's, another team's: what each gets, from one table.

A route without a row here fails `test_every_route_has_a_row`: whoever adds one says who may use it.
"""

import pytest

from api import menu
from api.app import ROUTES
from qm.domain.people import RIGHTS, Right, Role
from tests.routes.matrix_site import made_site
from tests.routes.rights_table import (
    ANYBODY,
    BY_BROWSER,
    CONTACT,
    HTML,
    OTHER,
    ROWS,
    SCOPES,
    SIGNED_IN,
    WHOLE,
    R,
    is_page,
    login_of,
    step,
)

EVERYBODY = [(role, view) for role in Role for view in SCOPES]
TABLE = [pytest.param(*key, row, id=" ".join(key)) for key, row in ROWS.items()]


def having(wanted):
    """Rows of the table by what they say."""
    return [pytest.param(*key, row, id=" ".join(key)) for key, row in ROWS.items() if wanted(key, row)]


@pytest.fixture(scope="module")
def site(sample, tmp_path_factory):
    with made_site(sample, tmp_path_factory.mktemp("matrix"), [login_of(*each) for each in EVERYBODY]) as made:
        yield made


def expected(row, role, view):
    """Status and, where it's refused, the error's code."""
    if isinstance(row.right, str) and not isinstance(row.right, Right):
        return row.status, ""
    if row.right not in RIGHTS[role]:
        return 403, "right.missing"
    if row.whole and view != WHOLE:
        return 403, "right.whole_site"
    if row.one and view == OTHER:
        return 404, "unknown"
    return row.status, ""


def test_every_route_has_a_row():
    ours = {(method, route.path) for module in ROUTES for route in module.router.routes for method in route.methods}
    others = {("GET", "/docs"), ("GET", "/openapi.json"), ("GET", "/static")}
    assert ours | others == set(ROWS)


def test_nothing_else_is_served(site):
    own = [route for route in site.client.app.routes if hasattr(route, "path")]
    assert {route.path for route in own} <= {path for _method, path in ROWS}


@pytest.mark.parametrize(("method", "path", "row"), TABLE)
def test_what_each_role_gets(site, method, path, row):
    wrong = []
    for role, view in EVERYBODY:
        site.enter(role, view)
        told = site.ask(method, path, row)
        if path == "/sign-out":
            del site.known[role, view]
        status, code = expected(row, role, view)
        if path == "/":
            status = told.status_code if told.status_code in (200, 303) else status
        if told.status_code != status or code not in told.text:
            wrong.append((role, view, told.status_code, status, told.text[:200]))
        if told.status_code == 403 and is_page(path):
            assert "<nav aria-label=" in told.text, "who may not go there sees where they may"
        if row.told and status == 200:
            seen = [word for word in row.told if word in told.text]
            if seen != ([] if view == OTHER else list(row.told)):
                wrong.append((role, view, "shows", seen))
    assert wrong == []


@pytest.mark.parametrize(("method", "path", "row"), TABLE)
def test_a_token_opens_no_more_than_its_owner(site, method, path, row):
    wrong = []
    site.leave()
    for role in (Role.SUPERVISOR, Role.SERVICE):
        for view, scope in SCOPES.items():
            if "/score" in path or "/sheet" in path or "/answers" in path:
                continue  # raters are named by login, and these owners take no part
            told = site.ask(method, path, row, site.sample.bearer(site.client, role, scope))
            status, code = (403, "account.token") if row.right == BY_BROWSER else expected(row, role, view)
            if path == "/":
                status = told.status_code if told.status_code in (200, 303) else status
            if told.status_code != status or code not in told.text:
                wrong.append((role, view, told.status_code, status, told.text[:200]))
    assert wrong == []


@pytest.mark.parametrize(("method", "path", "row"), TABLE)
def test_what_nobody_gets(site, method, path, row):
    site.leave()
    told = site.ask(method, path, row)
    if row.right == ANYBODY:
        assert told.status_code == row.status
    elif is_page(path):
        assert (told.status_code, told.headers["location"][:12]) == (303, "/sign-in?to=")
    else:
        assert (told.status_code, told.json()["error"]["code"]) == (401, "sign_in.needed")


@pytest.mark.parametrize(("method", "path", "row"), having(lambda _key, row: row.one))
def test_what_is_others_and_what_isnt_there_are_told_alike(site, method, path, row):
    for role in (Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR):
        if row.right not in RIGHTS[role]:
            continue
        site.enter(role, OTHER)
        theirs = site.ask(method, path, row)
        unknown = site.ask(method, path, row, contact="C-404", case=f"{site.case_id}0")
        assert (theirs.status_code, unknown.status_code) == (404, 404)
        known = {"C-404": CONTACT, f"{site.case_id}0": site.case_id}
        same = unknown.text
        for name, instead in known.items():
            same = same.replace(name, instead)
        assert theirs.text == same
        told = {name: value for name, value in theirs.headers.items() if "policy" not in name and "length" not in name}
        assert all(unknown.headers[name] == value for name, value in told.items())


WRITES = having(lambda key, row: key[0] in {"POST", "PUT", "DELETE"} and row.right != ANYBODY)


@pytest.mark.parametrize(("method", "path", "row"), WRITES)
@pytest.mark.parametrize("sign", ["", "0" * 32])
def test_a_write_needs_the_sign_of_its_session(site, method, path, row, sign):
    role = next(role for role in Role if row.right in {SIGNED_IN, BY_BROWSER} | RIGHTS[role])
    site.enter(role, WHOLE)
    before = site.version()
    told = site.ask(method, path, row, sign=sign)
    assert told.status_code == 403
    assert "request.csrf" in told.text
    assert site.version() == before
    elsewhere = site.ask(method, path, row, {"origin": "http://evil.example"})
    assert (elsewhere.status_code, "request.other_origin" in elsewhere.text) == (403, True)


def test_a_form_carries_the_sign_in_its_field(site):
    site.enter(Role.ANALYST, WHOLE)
    address, sign = site.address("/cases/{case_id}"), site.client.headers.pop("x-csrf-token")
    assert f'name="csrf" value="{sign}"' in site.client.get(address, headers=HTML).text
    sent = site.client.post(
        f"{address}/assign", data={"csrf": sign, **step(site)}, headers=HTML, follow_redirects=False
    )
    assert sent.status_code == 303


@pytest.mark.parametrize(("role", "view"), EVERYBODY)
def test_the_menu_leads_only_to_what_is_open_and_to_all_of_it(site, role, view):
    site.enter(role, view)
    page = site.client.get("/contacts/none", headers=HTML).text
    shown = page[page.index("<nav") : page.index("</nav>")]
    whole = view == WHOLE and role is not Role.AGENT
    for section in menu.SECTIONS:
        is_open = [one for one in section.pages if one.right in RIGHTS[role] and (whole or not one.whole)]
        linked = [one for one in section.pages if f'href="{one.address}"' in shown]
        assert linked == is_open[:1]
        for one in section.pages:
            answer = site.client.get(one.address, headers=HTML, follow_redirects=False)
            if one.address != "/":
                assert (answer.status_code == 200) == (one in is_open), one.address
    assert 'action="/sign-out"' in page


@pytest.mark.parametrize(("role", "view"), EVERYBODY)
def test_the_front_page_leads_to_what_is_open(site, role, view):
    site.enter(role, view)
    told = site.client.get("/", headers=HTML, follow_redirects=False)
    if R.FIGURES_READ in RIGHTS[role]:
        assert (told.status_code, "The day in numbers" in told.text) == (200, True)
    elif R.CONTACT_READ in RIGHTS[role]:
        assert (told.status_code, told.headers["location"]) == (303, "/contacts")
    elif R.REVIEW_ASSIGN in RIGHTS[role]:  # an administrator of a part
        assert (told.status_code, told.headers["location"]) == (303, "/queues")
    elif R.OWN_READ in RIGHTS[role]:
        assert (told.status_code, told.headers["location"]) == (303, "/mine")
    else:
        assert (told.status_code, "Nothing for you here yet" in told.text) == (200, True)
