"""The pages in a real browser: what a supervisor does, from the list to the seconds that matter."""

import time

import pytest

from api.wiring import build_services
from qm.domain.people import Person, Role
from tests.e2e.served_pages import MARKS, sample_day, served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
PATIENCE_MS = 15_000
LOGIN, PASSWORD = "anna", "quattro mele sul davanzale"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def server(folder):
    sample_day().fill(sample_day().settings_of(folder))
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def signed_in(browser, server, folder):
    """What a browser keeps of somebody who set a password by a one-time link and signed in with it, once for all."""
    context = browser.new_context(base_url=server, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"/password?link={invited(folder)}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("Once more").fill(PASSWORD)
    page.get_by_role("button", name="Set it").click()
    page.goto("/contacts?size=2")
    enter(page)
    sync_api.expect(page).to_have_url(f"{server}/contacts?size=2")
    state = context.storage_state()
    context.close()
    return state


def enter(page):
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def invited(folder):
    """The key of a one-time link for a new analyst."""
    settings = sample_day().settings_of(folder)
    services = build_services(settings)
    with services.database.unit_of_work() as unit:
        unit.people.add(Person("p-1", LOGIN, "Anna Rossi", Role.ANALYST))
    try:
        return services.sign_in.invite("p-1", "test")
    finally:
        services.database.close()


@pytest.fixture
def page(browser, server, signed_in):
    """A page in a fresh profile that fails the test on any script error, refused resource or foreign request."""
    context = browser.new_context(
        base_url=server, locale="en-GB", viewport={"width": 1280, "height": 900}, storage_state=signed_in
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith(server) else None)
    yield page
    context.close()
    assert not [text for text in wrong if not text.startswith("data:")]


def is_paused(page):
    return page.locator("#audio").evaluate("audio => audio.paused")


def wait_until(page, script, wanted):
    """Poll a property of the audio element; `wait_for_function` would need eval, which the policy refuses."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        if page.locator("#audio").evaluate(script) == wanted:
            return
    raise AssertionError(f"{script} didn't become {wanted}")


def seconds_played(page, start_s, end_s):
    """From the click on: the clip begins at its start, stays inside and stops at its end."""
    audio = page.locator("#audio")
    wait_until(page, "audio => !audio.paused && audio.currentTime > 0", True)
    inside = audio.evaluate("audio => audio.currentTime")
    assert start_s - 0.05 <= inside <= end_s + 0.05
    wait_until(page, "audio => audio.paused", True)
    stopped = audio.evaluate("audio => audio.currentTime")
    assert stopped == pytest.approx(end_s, abs=0.15)


CONTRAST = """element => {
    const rgba = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
    const light = ([r, g, b]) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
        const share = [r, g, b][at] / 255;
        return sum + weight * (share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
    }, 0);
    let behind = element;
    while (rgba(getComputedStyle(behind).backgroundColor)[3] < 1) behind = behind.parentElement;
    const both = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(c => light(rgba(c)));
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}"""


def contrast(element):
    """Contrast of a text with what lies behind it (WCAG 2.2, relative luminance)."""
    return element.evaluate(CONTRAST)


def test_from_the_list_to_the_evidence(page):
    page.goto("/contacts")
    page.get_by_role("link", name="C-1", exact=True).click()
    sync_api.expect(page.locator(".player.has-waves")).to_be_visible()
    sync_api.expect(page.locator("#waveform > div")).to_be_visible()
    start_s, end_s = sample_day().EVIDENCE_S
    page.locator(".criterion.met summary").first.click()
    page.locator(".criterion.met button.play[data-mark]").first.click()
    sync_api.expect(page.locator("mark.is-shown")).to_have_text("La chiamata è registrata")
    sync_api.expect(page.locator("#t3")).to_have_class("turn agent is-active")
    seconds_played(page, start_s, end_s)


def test_marked_words_and_lines_play_their_seconds(page):
    page.goto("/contacts/C-1")
    sync_api.expect(page.locator(".player.has-waves")).to_be_visible()
    page.locator("#t1 .said").click()
    seconds_played(page, 0.0, 2.0)
    page.locator(".turns mark.met").first.click()
    seconds_played(page, *sample_day().EVIDENCE_S)


def test_space_plays_and_pauses(page):
    page.goto("/contacts/C-1")
    sync_api.expect(page.locator(".player.has-waves")).to_be_visible()
    page.keyboard.press("Space")
    wait_until(page, "audio => audio.paused", False)
    page.keyboard.press("Space")
    wait_until(page, "audio => audio.paused", True)
    page.locator(".speed select").focus()
    page.keyboard.press("Space")
    assert is_paused(page)


def test_regions_stand_in_the_waveform(page):
    page.goto("/contacts/C-1")
    sync_api.expect(page.locator(".player.has-waves")).to_be_visible()
    titles = page.locator('#waveform [part~="region"]').evaluate_all("regions => regions.map(region => region.title)")
    assert any("silence" in title for title in titles)
    assert any("interruption (customer)" in title for title in titles)
    assert any("on hold, 2 s" in title for title in titles)
    assert len(titles) == 4


def test_findings_play_their_seconds(page):
    page.goto("/contacts/C-1")
    sync_api.expect(page.locator(".player.has-waves")).to_be_visible()
    finding = page.locator(".finding", has_text="recording.music")
    finding.locator("button.play").click()
    seconds_played(page, *sample_day().HOLD_S)
    sync_api.expect(page.locator(".finding", has_text="recording.clipped").locator("button")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_doubt_can_be_read_in_both_schemes(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/contacts/C-1")
    sync_api.expect(page.locator("s.suspect[title]")).to_have_text("Sottotitoli")
    for selector in (".grade", "s.suspect[title]", ".finding .tag.fail", ".trust"):
        assert contrast(page.locator(selector).first) >= 4.5, selector


def test_player_falls_back_without_a_waveform(page):
    page.route("**/peaks", lambda route: route.fulfill(body="{", content_type="application/json"))
    page.goto("/contacts/C-3")
    sync_api.expect(page.locator(".no-waves")).to_be_visible()
    sync_api.expect(page.locator("#audio")).to_be_visible()
    page.locator("#t3 button.play").click()
    seconds_played(page, 4.0, 6.0)


def test_coaching_plays_its_seconds(page):
    page.goto("/coaching")
    button = page.locator("button.play[data-src]").first
    start_s, end_s = (float(button.get_attribute(f"data-{name}")) for name in ("start", "end"))
    button.click()
    sync_api.expect(button).to_have_class("play is-playing")
    seconds_played(page, start_s, end_s)
    sync_api.expect(button).to_have_class("play")


def test_more_rows_come_in_place(page):
    page.goto("/contacts?size=2")
    rows = page.locator("tbody tr:not(.more)")
    sync_api.expect(rows).to_have_count(2)
    page.get_by_role("link", name="Show more").click()
    sync_api.expect(rows).to_have_count(4)
    page.get_by_role("link", name="Show more").click()
    sync_api.expect(rows).to_have_count(5)
    sync_api.expect(page.locator("tr.more")).to_have_count(0)


def test_filters_by_form(page):
    page.goto("/contacts")
    page.get_by_label("automatic fails only").check()
    page.get_by_role("button", name="Filter").click()
    sync_api.expect(page.locator("tbody tr")).to_have_count(1)
    sync_api.expect(page.locator("tbody")).to_contain_text("automatic fail")


def test_both_languages_and_the_choice_is_kept(page):
    page.goto("/")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("The day in numbers")
    page.get_by_role("link", name="Italiano").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("La giornata in numeri")
    page.get_by_role("link", name="Contatti", exact=True).click()
    page.get_by_role("link", name="C-1", exact=True).click()
    sync_api.expect(page.locator("#talk-title")).to_have_text("Conversazione")
    sync_api.expect(page.locator(".criterion.not_met .answer").first).to_contain_text("non soddisfatto")


def test_a_case_is_worked_on_by_whoever_is_signed_in(page, folder):
    services = build_services(sample_day().settings_of(folder))
    services.cases.open_all()
    services.database.close()
    page.goto("/cases")
    page.locator("tbody th a").first.click()
    page.get_by_label("Assign to").fill("Bea")
    page.get_by_role("button", name="Assign", exact=True).click()
    sync_api.expect(page.locator(".history li").first).to_contain_text("Anna Rossi")
    sync_api.expect(page.locator("dl.facts")).to_contain_text("Bea")


def test_out_and_in_again(page, server):
    page.goto("/coaching")
    sync_api.expect(page.locator(".signed-in")).to_contain_text("Anna Rossi")
    # A session of its own: the one that the other tests share isn't ended.
    page.context.clear_cookies()
    page.goto("/coaching")
    sync_api.expect(page).to_have_url(f"{server}/sign-in?to=%2Fcoaching")
    enter(page)
    sync_api.expect(page).to_have_url(f"{server}/coaching")
    page.get_by_role("button", name="Sign out").click()
    sync_api.expect(page).to_have_url(f"{server}/sign-in")
    page.goto("/coaching")
    sync_api.expect(page).to_have_url(f"{server}/sign-in?to=%2Fcoaching")


def test_documentation_needs_nobody_else(page):
    page.goto("/docs")
    sync_api.expect(page.locator(".opblock").first).to_be_visible()
