"""A search that isn't through in time: it fills its page by itself, can be told that it's enough, and has a link."""

import pytest

from qm.domain.people import Role
from tests.e2e.served_pages import MARKS, sample_site, visitors

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
expect = sync_api.expect
SEARCH = "/search?q=registrare"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Every page of its search is over after one conversation."""
    with sample_site(tmp_path_factory.mktemp("goes-on"), QM_SEARCH_MS="0") as site:
        yield site


@pytest.fixture
def enter(browser, site):
    with visitors(browser, site) as open_page:
        yield lambda **options: open_page(Role.ANALYST, locale="it-IT", **options)


def test_the_page_fills_itself(enter):
    page = enter()
    page.goto(SEARCH)
    expect(page.locator(".hit")).to_have_count(3)
    expect(page.locator("#stopped")).to_have_count(0)
    expect(page.locator("#more")).to_have_count(0)
    page.locator(".hit").last.focus()
    page.keyboard.press("k")
    expect(page.locator(".hit").nth(1)).to_be_focused()


def test_what_nobody_said_is_told_once_all_is_read(enter):
    page = enter()
    page.goto("/search?q=registrare+-registrata")
    expect(page.locator("#nothing")).to_be_visible()
    expect(page.locator("#stopped")).to_have_count(0)


def test_it_stops_when_it_is_told_and_goes_on_by_hand(enter):
    page = enter()
    page.route("**/search?*cursor=*", lambda _route: None)  # never answered
    page.goto(SEARCH)
    expect(page.locator("#stopped")).to_contain_text("Conversazioni lette: 1, fino al 20 nov 2026")
    page.get_by_role("button", name="Basta così").click()
    expect(page.get_by_role("button", name="Basta così")).to_have_count(0)
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator("#more a")).to_be_visible()


def test_without_scripts_there_is_a_way_on(enter):
    page = enter(java_script_enabled=False)
    page.goto(SEARCH)
    found = 0
    while page.locator("#more a").count():
        expect(page.locator("#stopped")).to_contain_text("fino al 20 nov 2026")
        found += page.locator(".hit").count()
        page.locator("#more a").click()
        page.wait_for_load_state("load")
    assert found + page.locator(".hit").count() == 3
