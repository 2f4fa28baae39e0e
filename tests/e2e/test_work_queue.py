"""The day of an analyst with a work queue: draw, begin, hand in, go on; in both languages, and for every reader."""

import importlib.util

import pytest

from tests.e2e.served_pages import MARKS, let_in, sample_site

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
pytestmark = MARKS
expect = sync_api.expect
PATIENCE_MS = 20_000
AXE = importlib.util.find_spec("axe_playwright_python")
WORDS = {
    "en": ("Preview", "Draw and assign", "My work", "Begin", "Hand in", "Next in the queue"),
    "it": ("Anteprima", "Estrai e assegna", "Il mio lavoro", "Comincia", "Consegna", "Il prossimo della lista"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with sample_site(tmp_path_factory.mktemp("queues")) as site:
        yield site


@pytest.fixture
def enter(browser, site):
    """A page of an analyst without any work yet; no queue is there."""
    from qm.storage import tables

    contexts = []
    with site.database.unit_of_work() as unit:
        for table in (tables.assignments, tables.work_queues, tables.reviews):
            unit.connection.execute(table.delete())

    def enter(**options):
        context = browser.new_context(base_url=site.address, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        person = let_in(site.database, context)
        return context.new_page(), person.login

    yield enter
    for context in contexts:
        context.close()


def draw(page, login, words):
    page.goto("/queues/new")
    page.select_option("[name=form]", "servizio-clienti")
    for name, value in (("since", "2026-11-20"), ("until", "2026-11-20"), ("size", "2"), (f"quota.{login}", "5")):
        page.fill(f"[name='{name}']", value)
    page.get_by_role("button", name=words[0]).click()
    expect(page.locator("#preview-title")).to_be_visible()
    page.get_by_role("button", name=words[1]).click()
    expect(page.locator("#progress-title")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "it"])
def test_from_the_draw_to_the_next_contact(enter, language):
    words = WORDS[language]
    page, login = enter(locale=language, viewport={"width": 1360, "height": 900})
    draw(page, login, words)
    page.goto("/queue")
    expect(page.get_by_role("heading", level=1)).to_have_text(words[2])
    page.get_by_role("link", name=words[3], exact=True).click()
    first = page.url
    expect(page.locator(".saved")).not_to_be_empty()  # the script listens
    page.get_by_role("button", name=words[4]).click()
    page.get_by_role("link", name=words[5]).click()
    page.wait_for_url("**/review/**")
    assert page.url != first
    page.goto("/queue")
    expect(page.locator(".tiles dd").first).to_have_text("1")


@pytest.mark.skipif(AXE is None, reason="axe-playwright-python isn't installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_overflows(enter, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page, login = enter(
        locale="en",
        color_scheme=scheme,
        bypass_csp=True,
        viewport={"width": 1360 if scheme == "light" else 400, "height": 900},
    )
    draw(page, login, WORDS["en"])
    for address in (page.url, "/queue", "/queues", "/queues/new"):
        page.goto(address)
        found = Axe().run(page).response["violations"]
        serious = {one["id"]: [node["html"][:200] for node in one["nodes"]]
                   for one in found if one["impact"] in ("serious", "critical")}  # fmt: skip
        assert (address, serious) == (address, {})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
