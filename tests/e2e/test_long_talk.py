"""A call of two hours in a real browser: what isn't near isn't loaded, scrolling is smooth, evidence is found."""

import re
from dataclasses import replace

import pytest

from tests.e2e.served_pages import MARKS, let_in, sample_day, sample_site

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
expect = sync_api.expect
TURNS = 2400
SMOOTH_MS = 50
"""Between two pictures, in the median: twenty a second, also where other tests run beside."""
SCROLL = """async () => {
  const list = document.querySelector(".turns");
  const gaps = [];
  let last = await new Promise(requestAnimationFrame);
  for (let k = 0; k < 240; k += 1) {
    list.scrollTop += 120;
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
  }
  gaps.sort((one, other) => one - other);
  return { median: gaps[120], p95: gaps[228], turns: document.querySelectorAll(".turn").length };
}"""


def lengthen(database):
    """A call and a chat of two hours, with their evidence at the end."""
    day = sample_day()
    call = day.make_long_call(TURNS)
    written = replace(call, turns=tuple(replace(turn, words=()) for turn in call.turns), recording=None)
    with database.unit_of_work() as unit:
        for contact_id, said in (("C-1", call), ("C-2", written)):
            unit.outputs.save_transcript(contact_id, said)
            found = unit.evaluations.of_contact(contact_id)
            unit.evaluations.replace(contact_id, [day.said_in(one, said.turns[-2]) for one in found])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with sample_site(tmp_path_factory.mktemp("long"), lengthen) as site:
        yield site


@pytest.fixture
def page(browser, site):
    context = browser.new_context(base_url=site.address, locale="it-IT", viewport={"width": 1360, "height": 900})
    context.set_default_timeout(20_000)
    let_in(site.database, context)
    yield context.new_page()
    context.close()


def test_a_long_call_scrolls_smoothly_and_loads_what_comes_near(page):
    page.goto("/review/C-1?form=servizio-clienti")
    expect(page.locator(".turn")).not_to_have_count(0)
    begun = page.locator(".turn").count()
    assert begun < TURNS / 4
    scrolled = page.evaluate(SCROLL)
    assert scrolled["median"] < SMOOTH_MS, scrolled
    assert begun < scrolled["turns"] < TURNS


def test_evidence_far_off_is_brought_and_shown(page):
    page.goto("/contacts/C-2")
    assert not page.locator(f"#t{TURNS - 2}").count()
    page.locator(".form details:has(button.play[data-mark]) > summary").first.click()
    page.locator(".form button.play[data-mark]").first.click()
    expect(page.locator(f"#t{TURNS - 2} mark.is-shown")).to_be_in_viewport()


def test_playing_far_off_brings_the_turns_that_are_heard(page):
    page.goto("/contacts/C-1")
    page.evaluate("Object.defineProperty(document.querySelector('#audio'), 'currentTime', { value: 5000 })")
    page.evaluate("document.querySelector('#audio').dispatchEvent(new Event('timeupdate'))")
    expect(page.locator(".turn[aria-current]")).to_have_attribute("id", "t1666")


def test_the_end_of_the_list_is_the_end_of_the_call(page):
    page.goto("/contacts/C-1")
    page.locator(".turns").focus()
    page.keyboard.press("End")
    expect(page.locator(f"#t{TURNS - 1}")).to_have_count(1)
    assert page.locator(".block").count(), "the middle is still away"


def test_a_block_that_fails_says_so_and_comes_when_asked_again(page):
    page.goto("/contacts/C-1")
    page.route(re.compile("/turns"), lambda route: route.abort())
    page.locator(".turns").focus()
    page.keyboard.press("End")
    failed = page.get_by_role("button", name="Non caricato: riprova").last
    expect(failed).to_be_visible()
    page.unroute(re.compile("/turns"))
    failed.click()
    expect(page.locator(f"#t{TURNS - 1}")).to_have_count(1)
