"""Clips of an agent in a row, and the search by keyboard, in a real browser."""

import importlib.util
from dataclasses import replace

import pytest

from qm.domain.people import Role
from tests.e2e.served_pages import MARKS, sample_site, visitors

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
expect = sync_api.expect
AXE = importlib.util.find_spec("axe_playwright_python")
CLIP_S = 0.4
WATCH = """() => {
  const tell = (all) => {
    for (const { target } of all) if (target.matches(".is-playing")) window.heard(target.dataset.start);
  };
  new MutationObserver(tell).observe(document.body, { subtree: true, attributeFilter: ["class"] });
}"""
"""Tells each button that begins to play."""


def three_items(database):
    """The sample's only item three times, with clips that are over soon."""
    with database.unit_of_work() as unit:
        (item,) = unit.coaching.every()
        places = enumerate((1.0, 3.0, 5.0), 1)
        unit.coaching.replace([replace(item, id=f"co-{n}", rank=n, start_s=at, end_s=at + CLIP_S) for n, at in places])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with sample_site(tmp_path_factory.mktemp("clips"), three_items) as site:
        yield site


@pytest.fixture
def enter(browser, site):
    with visitors(browser, site) as open_page:
        yield lambda role, locale="it-IT", **options: open_page(role, locale=locale, **options)


def check(page):
    if AXE:
        from axe_playwright_python.sync_playwright import Axe

        found = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]


def test_one_button_plays_all_clips_and_keys_move(enter):
    page = enter(Role.SUPERVISOR)
    page.goto("/coaching")
    heard = []
    page.expose_function("heard", lambda at: heard.append(at))  # noqa: PLW0108 - Playwright marks what it is given
    page.evaluate(WATCH)
    page.get_by_role("button", name="Ascolta tutto di seguito").click()
    expect(page.locator(".play.is-playing[data-start='5.0']")).to_be_visible()
    expect(page.locator(".play.is-playing")).to_have_count(0)
    assert list(dict.fromkeys(heard)) == ["1.0", "3.0", "5.0"]
    check(page)


@pytest.mark.parametrize(("locale", "scheme", "width"), [("it-IT", "light", 1360), ("en-GB", "dark", 400)])
def test_search_by_keyboard(enter, locale, scheme, width):
    page = enter(Role.ANALYST, locale, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto("/search")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("registrare")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(3)
    page.wait_for_load_state("load")  # by then the keys are listened to
    expect(page.locator(".hit mark").first).to_have_text("registrata")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".hit").nth(1)).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator(".hit").nth(1).locator(".play.is-playing")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    check(page)


def test_a_search_that_cant_be_read_says_so_beside_the_field(enter):
    page = enter(Role.ANALYST, "en-GB", tells_refusals=False)
    page.goto("/search?q=%22open")
    expect(page.locator("#fault")).to_be_visible()
    check(page)


def test_a_search_is_kept_and_deleted(enter):
    page = enter(Role.ANALYST)
    page.goto("/search?q=registrata")
    page.get_by_role("textbox", name="Nome").fill("registrate")
    page.get_by_label("Avvisami dei nuovi contatti").check()
    page.get_by_role("button", name="Conserva questa ricerca").click()
    page.get_by_role("link", name="con avvisi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Avvisi: registrate")
    check(page)
    page.go_back()
    page.get_by_role("button", name="Elimina la ricerca registrate").click()
    expect(page.get_by_text("registrate", exact=True)).to_have_count(0)
