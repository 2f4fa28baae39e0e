"""Each role's way through every page that its menu names, and the days of those who review nothing: auditor, admin."""

import importlib.util
import os
import urllib.error
import urllib.request

import pytest

from qm.domain.people import Role
from tests.e2e.served_pages import MARKS, sample_site, visitors

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
AXE = importlib.util.find_spec("axe_playwright_python")
SHOTS = os.environ.get("SHOTS_FOLDER", "")
MENUS = "header nav a[href^='/'], nav.tabs a[href^='/'], main nav a[href^='/']"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
BROKEN = 400
expect = sync_api.expect


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with sample_site(tmp_path_factory.mktemp("roles")) as site:
        yield site


@pytest.fixture
def enter(browser, site):
    with visitors(browser, site) as enter:
        yield enter


@pytest.mark.skipif(AXE is None, reason="axe-playwright-python isn't installed")
@pytest.mark.parametrize(
    ("role", "begins", "locale", "scheme", "width", "pages"),
    [
        (Role.ADMIN, "/", "it-IT", "light", 1360, 12),
        (Role.ANALYST, "/", "en-GB", "dark", 420, 12),
        (Role.SUPERVISOR, "/contacts", "it-IT", "dark", 1360, 6),
        (Role.AGENT, "/mine", "en-GB", "light", 420, 2),
        (Role.AUDITOR, "/audit", "it-IT", "light", 420, 1),
    ],
)
def test_every_page_of_the_menu_is_sound(enter, role, begins, locale, scheme, width, pages):
    from axe_playwright_python.sync_playwright import Axe

    page = enter(
        role, agent_id="A01" if role is Role.AGENT else "", locale=locale, color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )  # fmt: skip
    seen, faults = set(), []
    wanted = [begins]
    while wanted:
        address = wanted.pop()
        seen.add(address)
        answer = page.goto(address)
        faults += [] if answer.status < BROKEN else [(address, answer.status)]
        faults += [] if page.evaluate(FITS) else [(address, "wider than the window")]
        for each in Axe().run(page).response["violations"]:
            if each["impact"] in ("serious", "critical"):
                faults.append((address, each["id"], each["nodes"][0]["html"][:200]))
        if SHOTS:
            page.screenshot(
                path=f"{SHOTS}/{role}-{address.strip('/').replace('/', '-') or 'front'}.png", full_page=True
            )
        found = page.eval_on_selector_all(MENUS, "all => all.map((one) => new URL(one.href).pathname)")
        wanted += sorted({path for path in found if not path.startswith(("/api/", "/docs"))} - seen - set(wanted))
    assert faults == []
    assert len(seen) >= pages


@pytest.mark.parametrize("locale", ["it-IT", "en-GB"])
def test_an_auditor_finds_who_looked_at_a_contact(enter, locale):
    reader = enter(Role.ANALYST, locale=locale)
    reader.goto("/contacts/C-1")
    page = enter(Role.AUDITOR, locale=locale)
    page.goto("/audit")
    page.select_option("[name=action]", "transcript.viewed")
    page.fill("[name=subject]", "C-1")
    page.locator("form.filters button").click()
    page.wait_for_load_state("load")
    rows = page.locator("table.trail tbody tr:not(.more)")
    noted = rows.count()
    assert noted >= 1
    assert all("C-1" in text for text in rows.all_inner_texts())
    page.goto("/contacts/C-1")
    page.goto("/audit?action=transcript.viewed&subject=C-1")  # whoever checks others is noted as well
    assert rows.count() > noted


@pytest.mark.parametrize("locale", ["it-IT", "en-GB"])
def test_an_admin_makes_a_token_for_a_program_and_takes_it_back(enter, site, locale):
    page = enter(Role.ADMIN, locale=locale)
    page.goto("/account")
    page.fill("#tokens [name=name]", f"report {locale}")
    page.locator("#tokens input[name$='audit.read']").check()
    page.locator("#tokens form[action^='/account/tokens#'] button").click()
    secret = page.locator("#tokens .secret").inner_text()

    def status():
        request = urllib.request.Request(f"{site.address}/api/v1/audit", headers={"authorization": f"Bearer {secret}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code

    assert status() == 200
    page.locator("#tokens tr", has_text=f"report {locale}").locator("button").click()
    page.wait_for_load_state("load")
    assert status() == 401


@pytest.mark.parametrize("locale", ["it-IT", "en-GB"])
def test_an_admin_has_another_system_told_and_lets_it_rest(enter, locale):
    page = enter(Role.ADMIN, locale=locale, tells_refusals=False)
    page.goto("/hooks")
    page.fill("[name=url]", "http://example.com/hook")
    page.locator(".hook-form [type=checkbox]").first.check()
    page.locator(".hook-form button.primary").click()
    expect(page.get_by_role("alert")).to_be_visible()  # without TLS nothing leaves the machine
    page.fill("[name=url]", f"https://example.com/{locale}")
    page.locator(".hook-form button.primary").click()
    expect(page.locator(".secret")).to_be_visible()
    row = page.locator("tr", has_text=f"https://example.com/{locale}").first
    row.locator("form[action$='/pause'] button").click()
    expect(page.locator("tr", has_text=f"/{locale}").first.locator("form[action$='/resume']")).to_have_count(1)
