"""A coaching session from the list to what came of it: by mouse in Italian, by keyboard alone in English."""

import importlib.util
import os
from datetime import UTC, datetime, timedelta

import pytest

from qm.domain.people import Role
from tests.e2e.served_pages import MARKS, sample_site, visitors

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
expect = sync_api.expect
AXE = importlib.util.find_spec("axe_playwright_python")
SHOTS = os.environ.get("SHOTS_FOLDER")
DUE = (datetime.now(UTC) + timedelta(days=10)).date()


@pytest.fixture
def enter(browser, tmp_path):
    with sample_site(tmp_path) as site, visitors(browser, site) as open_page:
        yield open_page


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def check(page):
    if AXE:
        from axe_playwright_python.sync_playwright import Axe

        found = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]


def tab_to(page, wanted):
    """Press Tab until that element has the focus."""
    for _ in range(200):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard doesn't reach it")


def press(page, wanted, key="Enter"):
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page, wanted, text):
    tab_to(page, wanted)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_in_italian_by_mouse(enter):
    leader = enter(Role.SUPERVISOR, locale="it-IT", bypass_csp=True, tells_refusals=False)
    leader.goto("/coaching")
    leader.get_by_role("link", name="Fanne un colloquio").first.click()
    check(leader)
    shoot(leader, "session-new-it")
    leader.get_by_label("Obiettivo").fill("")
    leader.get_by_label("Entro il").fill(DUE.isoformat())
    leader.locator("form.own").evaluate("form => form.noValidate = true")
    leader.get_by_role("button", name="Pianifica il colloquio").click()
    expect(leader.get_by_role("alert")).to_be_visible()
    shoot(leader, "session-refused-it")
    leader.get_by_label("Obiettivo").fill("Identificare sempre il cliente")
    leader.get_by_label("Contatti in cui riesce (%)").fill("90")
    leader.get_by_role("button", name="Pianifica il colloquio").click()
    expect(leader.get_by_role("button", name="Segna come svolto")).to_be_visible()
    address = leader.url
    leader.get_by_label("Impegno, con le parole dell'operatore").fill("Chiedo nome e codice")
    leader.get_by_role("button", name="Segna come svolto").click()
    expect(leader.get_by_text("Non si può ancora dire")).to_be_visible()
    check(leader)
    shoot(leader, "session-held-it")
    agent = enter(Role.AGENT, agent_id="A01", locale="it-IT", bypass_csp=True)
    agent.goto("/mine/coaching")
    agent.locator("main table a").first.click()
    agent.wait_for_url("**/mine/coaching/cs-*")
    play = agent.locator(".play").first
    play.click()
    expect(agent.locator("#clip-player")).to_be_visible()
    agent.get_by_label("Commento").fill("Ci provo da domani")
    agent.get_by_role("button", name="Aggiungi un commento").click()
    expect(agent.locator("ol.steps")).to_contain_text("Ci provo da domani")
    agent.get_by_label("Com'è andata").fill("Fatto in tre chiamate")
    agent.get_by_role("button", name="Segna l'impegno come fatto").click()
    expect(agent.locator("ol.steps")).to_contain_text("Fatto in tre chiamate")
    check(agent)
    shoot(agent, "session-agent-it")
    leader.goto(address)
    leader.get_by_label("Esito").fill("Raggiunto")
    leader.get_by_role("button", name="Chiudi il colloquio").click()
    expect(leader.locator("ol.steps")).to_contain_text("chiuso")
    leader.emulate_media(media="print")
    expect(leader.locator(".signed")).to_be_visible()
    expect(leader.locator(".print-now")).to_be_hidden()
    shoot(leader, "session-printed-it")
    leader.emulate_media(media="screen")
    leader.goto("/coaching/sessions")
    expect(leader.locator("main table")).to_contain_text("chiuso")
    expect(leader.locator("main table")).to_contain_text("Non si può ancora dire")
    check(leader)
    shoot(leader, "sessions-it")
    leader.goto("/coaching")
    expect(leader.get_by_text("di nuovo dopo il colloquio")).to_be_visible()


def test_in_english_by_keyboard_only(enter):
    leader = enter(Role.SUPERVISOR, locale="en-GB")
    leader.goto("/coaching")
    press(leader, leader.get_by_role("link", name="Make a session of it").first)
    write(leader, leader.get_by_label("Goal"), "identify every customer")
    press(leader, leader.get_by_role("button", name="Plan the session"))
    write(leader, leader.get_by_label("Commitment, in the agent's words"), "I ask for name and code")
    press(leader, leader.get_by_role("button", name="Mark as held"))
    expect(leader.get_by_text("Can't be told yet")).to_be_visible()
    agent = enter(Role.AGENT, agent_id="A01", locale="en-GB")
    agent.goto("/mine/coaching")
    press(agent, agent.locator("main table a").first)
    agent.wait_for_url("**/mine/coaching/cs-*")
    press(agent, agent.locator(".play").first)
    expect(agent.locator("#clip-player")).to_be_visible()
    write(agent, agent.get_by_label("How it went"), "three calls")
    press(agent, agent.get_by_role("button", name="Mark the commitment as done"))
    expect(agent.locator("ol.steps")).to_contain_text("three calls")
    leader.reload()
    write(leader, leader.get_by_label("Outcome"), "done")
    press(leader, leader.get_by_role("button", name="Close the session"))
    expect(leader.locator("ol.steps")).to_contain_text("closed")
    leader.goto("/coaching/sessions")
    expect(leader.locator("main table")).to_contain_text("done")
    with leader.expect_download() as told:
        press(leader, leader.get_by_role("link", name="Download the sessions (CSV)"))
    assert "identify every customer" in told.value.path().read_text(encoding="utf-8")


def test_put_aside_for_a_while(enter):
    leader = enter(Role.SUPERVISOR, locale="it-IT")
    leader.goto("/coaching")
    form = leader.locator("form[action^='/coaching/aside/']").first
    leader.locator("details:has(form[action^='/coaching/aside/']) > summary").first.click()
    form.get_by_label("Fino al").fill(DUE.isoformat())
    form.get_by_role("button", name="Metti da parte").click()
    expect(leader.locator("form[action^='/coaching/aside/']")).to_have_count(0)
