"""Dashboards in a real browser: no script error, no refused resource, no finding of axe-core, in both languages."""

import importlib.util
import os

import pytest

from tests.e2e.served_pages import MARKS, let_in, sample_site

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
AXE = importlib.util.find_spec("axe_playwright_python")
PAGES = ("", "/criteria", "/trend", "/data", "/agents/A01")
LOOKS = [("it-IT", "light", 1360), ("en-GB", "dark", 400)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with sample_site(tmp_path_factory.mktemp("dashboards")) as site:
        yield site


@pytest.mark.parametrize(("locale", "scheme", "width"), LOOKS)
def test_pages_are_sound(browser, site, locale, scheme, width, tmp_path):
    wrong = []
    context = browser.new_context(
        base_url=site.address, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    let_in(site.database, context)
    page = context.new_page()
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    shots = os.environ.get("SHOTS_FOLDER", str(tmp_path))
    for name in PAGES:
        page.goto(f"/dashboards{name}?days=90")
        page.screenshot(path=f"{shots}/dash{name.replace('/', '-')}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
        if AXE:
            from axe_playwright_python.sync_playwright import Axe

            found = Axe().run(page).response["violations"]
            assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
    context.close()
    assert not wrong


def test_a_milestone_is_added_by_keyboard(browser, site):
    context = browser.new_context(base_url=site.address, locale="it-IT")
    let_in(site.database, context)
    page = context.new_page()
    page.goto("/dashboards/trend")
    page.get_by_label("Titolo in italiano").fill("Corso")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Togli: Corso").press("Enter")
    sync_api.expect(page.get_by_role("button", name="Togli: Corso")).to_have_count(0)
    context.close()
