"""An agent contests, an arbitrator decides, in a real browser: in Italian by mouse, in English by keyboard only."""

import importlib.util
import os
from datetime import UTC, datetime

import pytest

from qm.domain.people import Role
from tests.e2e.served_pages import MARKS, sample_site, visitors

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
AXE = importlib.util.find_spec("axe_playwright_python")
SHOTS = os.environ.get("SHOTS_FOLDER", "")
FORM = "servizio-clienti"
expect = sync_api.expect


def begin_now(database):
    """Results stand since a moment ago, so that they may be contested."""
    with database.unit_of_work() as unit:
        for contact_id in ("C-1", "C-2", "C-3", "C/4 è"):
            unit.disputes.keep_times(contact_id, {FORM: "now"}, datetime.now(UTC))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with sample_site(tmp_path_factory.mktemp("disputes"), begin_now) as site:
        yield site


@pytest.fixture
def enter(browser, site):
    with visitors(browser, site) as open_page:

        def enter(role, agent_id="", locale="en-GB", **options):
            options = {"viewport": {"width": 1360, "height": 900}, **options}
            return open_page(Role(role), agent_id=agent_id, locale=locale, **options)

        yield enter


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def tab_to(page, wanted):
    """Press Tab until that element has the focus."""
    for _ in range(400):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard doesn't reach it")


def test_italian_by_mouse(enter):
    agent = enter("agent", "A01", "it-IT")
    agent.goto("/mine")
    shoot(agent, "mine-it")
    agent.get_by_role("link", name="C-1", exact=True).click()
    first = agent.locator(".own-answer").first
    first.locator("input[value=met]").check()
    shoot(agent, "assess-it")
    agent.get_by_role("button", name="Consegna le mie risposte").click()
    expect(agent.locator("li.criterion").first).to_contain_text("La tua risposta")
    agent.get_by_role("button", name="Ho preso visione").click()
    expect(agent.get_by_text("Hai preso visione il")).to_be_visible()
    missed = agent.locator("li.criterion.not_met").first
    missed.locator(".contest > summary").click()
    missed.locator("textarea").fill("alle 0:04 l'ho detto")
    missed.locator("input[name=at]").fill("0:04")
    missed.get_by_role("button").last.click()
    expect(agent.locator(".dispute-told")).to_contain_text("alle 0:04 l'ho detto")
    shoot(agent, "mine-contact-it")
    vera = enter("analyst", locale="it-IT")
    vera.goto("/disputes")
    shoot(vera, "disputes-it")
    vera.get_by_role("link", name="C-1", exact=True).click()
    vera.locator(".own-answer input[value=met]").check()
    vera.locator(".own-answer textarea").fill("si sente alle 0:04")
    shoot(vera, "dispute-it")
    vera.get_by_role("button", name="Decidi").click()
    expect(vera.get_by_text("accolta").first).to_be_visible()
    agent.goto("/mine/contacts/C-1")
    expect(agent.locator(".dispute-told")).to_contain_text("si sente alle 0:04")
    vera.goto("/contacts/C-1")
    expect(vera.locator(".counted").first).to_contain_text("dopo contestazione")
    shoot(vera, "contact-it")
    vera.goto("/disputes/figures")
    expect(vera.locator("main")).to_contain_text("1 di 1")
    shoot(vera, "figures-it")


def test_english_by_keyboard_only(enter):
    agent = enter("agent", "A04")
    agent.goto("/mine")
    tab_to(agent, agent.get_by_role("link", name="C-2", exact=True))
    agent.keyboard.press("Enter")
    tab_to(agent, agent.get_by_role("button", name="Show the result now"))
    agent.keyboard.press("Enter")
    row = agent.locator("li.criterion.met").first
    tab_to(agent, row.locator("summary").first)
    agent.keyboard.press("Enter")
    tab_to(agent, row.locator(".contest > summary"))
    agent.keyboard.press("Enter")
    tab_to(agent, row.locator("textarea"))
    agent.keyboard.type("it wasn't asked for")
    tab_to(agent, row.locator(".contest button"))
    agent.keyboard.press("Enter")
    expect(agent.locator(".dispute-told")).to_contain_text("it wasn't asked for")
    vera = enter("analyst")
    vera.goto("/disputes")
    tab_to(vera, vera.get_by_role("link", name="C-2", exact=True))
    vera.keyboard.press("Enter")
    tab_to(vera, vera.locator("input[value=upheld]"))
    vera.keyboard.press("Space")
    tab_to(vera, vera.locator(".own-answer textarea"))
    vera.keyboard.type("the script asks for it")
    tab_to(vera, vera.get_by_role("button", name="Decide"))
    vera.keyboard.press("Enter")
    expect(vera.get_by_text("upheld").first).to_be_visible()
    agent.reload()
    expect(agent.locator(".dispute-told")).to_contain_text("the script asks for it")


@pytest.mark.skipif(AXE is None, reason="axe-playwright-python isn't installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("role", "agent", "address"),
    [
        ("agent", "A01", "/mine"), ("agent", "A01", "/mine/contacts/C-3"),
        ("agent", "A01", "/mine/contacts/C-1"), ("analyst", "", "/disputes?state=all"),
        ("analyst", "", "/disputes/figures"),
    ],
)  # fmt: skip
def test_axe_finds_nothing_serious(enter, role, agent, address, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = enter(role, agent, color_scheme=scheme, viewport={"width": 420, "height": 900}, bypass_csp=True)
    page.goto(address)
    shoot(page, f"narrow-{scheme}-{address.replace('/', '_').partition('?')[0]}")
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
