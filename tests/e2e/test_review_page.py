"""The review page in a real browser, by keyboard only: from opening it to handing in, in both languages."""

import importlib.util
import os
import re
from datetime import UTC, datetime

import pytest

from tests.e2e.served_pages import MARKS, let_in, sample_site

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
PATIENCE_MS = 20_000
AXE = importlib.util.find_spec("axe_playwright_python")
expect = sync_api.expect


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with sample_site(tmp_path_factory.mktemp("review")) as site:
        yield site


@pytest.fixture
def enter(browser, site):
    """A page of somebody who is signed in; the test fails on any script error, refused resource or foreign request."""
    contexts, wrong = [], []

    def enter(locale="en-GB", **options):
        options = {"viewport": {"width": 1360, "height": 900}, **options}
        context = browser.new_context(base_url=site.address, locale=locale, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.person = let_in(site.database, context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(site.address) else None)
        page.expected = []
        return page

    yield enter
    allowed = [text for context in contexts for page in context.pages for text in page.expected]
    for context in contexts:
        context.close()
    wrong = [text for text in wrong if not text.startswith("data:")]
    assert not [text for text in wrong if not any(part in text for part in allowed)]


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def saved(page):
    expect(page.locator(".saved")).to_have_text(re.compile(r"^(saved|salvato) \d\d:\d\d:\d\d$"))


def current(page):
    return page.locator(".decide.is-current")


def go_to(page, which):
    """Step down until a criterion of that kind has the focus."""
    for _ in range(40):
        press(page, "j")
        if "".join(current(page).locator(".machine .answer").get_attribute("class").split()[1:]) == which:
            return
    raise AssertionError(f"no criterion is {which}")


@pytest.mark.parametrize(("locale", "decided", "lacking", "done"), [
    ("en-GB", "all decided", "The machine says otherwise: say why.", "handed in"),
    ("it-IT", "tutto deciso", "La macchina dice altro: scrivi perché.", "consegnato"),
])  # fmt: skip
def test_a_review_by_keyboard_only(enter, locale, decided, lacking, done):
    page = enter(locale)
    page.goto("/review/C-1")
    expect(page.locator(".player.has-waves")).to_be_visible()
    press(page, "u")
    expect(current(page).locator(".machine .answer")).to_have_class("answer cannot_tell")
    press(page, "1")
    expect(page.locator(".to-decide")).to_have_text(decided)
    saved(page)
    press(page, "k", "k", "k", "k", "k", "k")
    go_to(page, "not_met")
    press(page, "1", "Control+Enter")
    expect(current(page).locator(".fault")).to_have_text(lacking)
    expect(current(page).locator(".why textarea")).to_be_focused()
    page.keyboard.type("a 0:04, j k 1 2 3")
    press(page, "Escape")
    expect(current(page)).to_be_focused()
    press(page, "ArrowRight", "n")
    expect(page.locator(".note-label")).to_contain_text("0:05")
    page.keyboard.type("<b>qui</b>")
    press(page, "Enter")
    expect(page.locator(".notes .written")).to_have_text("<b>qui</b>")
    saved(page)
    page.reload()
    expect(page.locator(".notes .written")).to_have_text("<b>qui</b>")
    expect(page.locator(".decide.is-changed .why textarea")).to_have_value("a 0:04, j k 1 2 3")
    expect(page.locator(".own-score")).to_have_text("100")
    expect(page.locator(".to-decide")).to_have_text(decided)
    press(page, "Control+Enter")
    expect(page.locator(".saved")).to_have_text(re.compile(rf"^{done} \d\d:\d\d:\d\d$"))
    page.goto("/contacts/C-1")
    page.locator("#reviews summary").last.click()
    expect(page.locator("#reviews blockquote").last).to_have_text("a 0:04, j k 1 2 3")


def test_keys_move_accept_clear_play_and_help(enter):
    page = enter()
    page.goto("/review/C-3")
    expect(page.locator(".player.has-waves")).to_be_visible()
    go_to(page, "met")
    press(page, "a")
    expect(current(page).locator("input[value=met]")).to_be_checked()
    expect(current(page).locator(".why")).to_be_hidden()
    press(page, "2")
    expect(current(page).locator(".why")).to_be_visible()
    press(page, "x")
    assert current(page).locator("input:checked").count() == 0
    press(page, "e")
    expect(page.locator("mark.is-shown")).to_have_count(1)
    press(page, ".")
    assert page.locator("#audio").evaluate("audio => audio.playbackRate") == 1.25
    press(page, ",", ",")
    assert page.locator("#audio").evaluate("audio => audio.playbackRate") == 0.75
    press(page, "s")
    expect(page.locator("#skip-silence")).to_be_checked()
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    press(page, "j", "Escape")
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "?")
    page.locator("#keys-on").uncheck()
    press(page, "Escape")
    before = current(page).get_attribute("id")
    press(page, "j")
    assert current(page).get_attribute("id") == before, "single letters are switched off"
    press(page, "ArrowDown")
    assert current(page).get_attribute("id") != before


def test_silence_is_jumped_over(enter):
    page = enter()
    page.goto("/review/C-3")
    expect(page.locator(".player.has-waves")).to_be_visible()
    press(page, "s")
    audio = page.locator("#audio")
    audio.evaluate("audio => { audio.currentTime = 3.5; return audio.play(); }")
    expect(page.locator(".now .at")).to_have_text(re.compile("0:0[6789]|0:1"))
    assert audio.evaluate("audio => audio.played.length") >= 1


def test_another_window_is_told_and_overwrites_nothing(enter):
    page = enter()
    page.goto("/review/C-2")
    press(page, "j", "1")
    saved(page)
    other = page.context.new_page()
    other.expected = ["409"]
    other.goto("/review/C-2")
    press(other, "j", "2")
    saved(other)
    page.bring_to_front()
    page.expected = ["409"]
    press(page, "4")
    expect(page.locator("#conflict")).to_contain_text("changed in another window")
    page.locator("#conflict a").click()
    expect(page.locator(".decide").first.locator("input[value=not_met]")).to_be_checked()


def test_two_people_are_told_of_each_other(enter):
    first = enter()
    first.goto("/review/C-3")
    press(first, "j", "1")
    saved(first)
    second = enter("it-IT")
    second.goto("/review/C-3")
    expect(second.locator("#at-it")).to_contain_text(re.compile("^Anche .* sta(nno)? valutando"))
    expect(second.locator("#at-it")).to_contain_text(first.context.person.login)


def test_what_cant_be_sent_is_tried_again(enter):
    page = enter()
    page.expected = ["ERR_FAILED", "Failed to load"]
    page.goto("/review/C-2")
    page.route("**/api/v1/reviews/**", lambda route: route.abort())
    press(page, "j", "1")
    expect(page.locator(".saved")).to_have_text("not saved, retrying")
    page.unroute("**/api/v1/reviews/**")
    saved(page)


def test_whoever_was_signed_out_loses_nothing(enter, site):
    from secrets import token_hex

    from qm.domain.sign_in import Session, hash_of

    page = enter()
    page.expected = ["401", "403"]
    page.goto("/review/C-2")
    kept = page.context.cookies()
    page.context.clear_cookies()
    press(page, "j", "1")
    expect(page.locator(".saved")).to_contain_text("you were signed out")
    key, now = token_hex(16), datetime.now(UTC)
    with site.database.unit_of_work() as unit:
        unit.sessions.open(Session(hash_of(key), page.context.person.id, token_hex(16), now, now))
    page.context.add_cookies([{**kept[0], "value": key}])
    press(page, "2")
    saved(page)
    page.reload()
    expect(page.locator(".decide").first.locator("input[value=not_met]")).to_be_checked()


def test_leaving_at_once_loses_nothing(enter):
    page = enter()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/review/C-2")
    press(page, "j", "2")
    page.goto("/contacts")
    page.goto("/review/C-2")
    expect(page.locator(".decide").first.locator("input[value=not_met]")).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
def test_nothing_sticks_out_and_looks_are_kept(enter, scheme, width):
    page = enter(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto("/review/C-1")
    expect(page.locator(".player.has-waves")).to_be_visible()
    press(page, "u", "1")
    saved(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if folder := os.environ.get("SHOTS_FOLDER"):
        page.screenshot(path=f"{folder}/review-{scheme}-{width}.png", full_page=width < 500)


def test_the_page_is_light(enter):
    page = enter()
    sizes = []
    page.on("response", lambda r: sizes.append(0 if "/audio" in r.url else len(r.body())))
    page.goto("/review/C-1")
    expect(page.locator(".player.has-waves")).to_be_visible()
    assert sum(sizes) < 300_000


@pytest.mark.skipif(AXE is None, reason="axe-playwright-python isn't installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/review/C-1", "/review/C-2", "/review/C-5", "/contacts/C-1"])
def test_axe_finds_nothing_serious(enter, address, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = enter(color_scheme=scheme, bypass_csp=True)
    page.goto(address)
    if address == "/review/C-1":
        expect(page.locator(".player.has-waves")).to_be_visible()
        press(page, "u", "1", "j", "2")
        saved(page)
    found = Axe().run(page).response["violations"]
    serious = {one["id"]: [node["html"][:200] for node in one["nodes"]]
               for one in found if one["impact"] in ("serious", "critical")}  # fmt: skip
    assert serious == {}
