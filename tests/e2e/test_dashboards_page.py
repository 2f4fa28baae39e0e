"""Dashboards in a real browser: no script error, no refused resource, no finding of axe-core, in both languages."""

import importlib.util
import os
import types

import pytest

from tests.e2e.served_pages import MARKS, sample_day, served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
AXE = importlib.util.find_spec("axe_playwright_python")
PAGES = ("", "/criteria", "/trend", "/data", "/agents/A01")
LOOKS = [("it-IT", "light", 1360), ("en-GB", "dark", 400)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    from qm.storage.database import Database

    folder = tmp_path_factory.mktemp("dashboards")
    settings = sample_day().settings_of(folder)
    sample_day().fill(settings)
    database = Database(settings.database_url)
    try:
        with served(folder) as address:
            yield types.SimpleNamespace(address=address, database=database)
    finally:
        database.close()


def sign_in(site, context):
    kept = {}
    services = types.SimpleNamespace(database=site.database)
    client = types.SimpleNamespace(
        app=types.SimpleNamespace(state=types.SimpleNamespace(services=services)),
        cookies=types.SimpleNamespace(set=lambda name, value, **_more: kept.update({name: value})), headers={},
    )  # fmt: skip
    from qm.domain.people import Role

    sample_day().sign_in(client, Role.ANALYST)
    context.add_cookies([{"name": n, "value": v, "domain": "127.0.0.1", "path": "/"} for n, v in kept.items()])


@pytest.mark.parametrize(("locale", "scheme", "width"), LOOKS)
def test_pages_are_sound(browser, site, locale, scheme, width, tmp_path):
    wrong = []
    context = browser.new_context(
        base_url=site.address, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    sign_in(site, context)
    page = context.new_page()
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    shots = os.environ.get("QM_SHOTS", str(tmp_path))
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
    sign_in(site, context)
    page = context.new_page()
    page.goto("/dashboards/trend")
    page.get_by_label("Titolo in italiano").fill("Corso")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Togli: Corso").press("Enter")
    sync_api.expect(page.get_by_role("button", name="Togli: Corso")).to_have_count(0)
    context.close()
