"""The review page and its JSON: who may, drafts, handing in, what is refused, and what is told of others."""

import html
import json
import re

import pytest
from fastapi.testclient import TestClient

from api import review_page
from api.app import create_app
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.form import Criterion
from qm.domain.people import Role, Scope
from qm.domain.review import GivenAnswer
from qm.domain.scales import CriterionType, Option
from qm.domain.text import Language, Text
from qm.rules.loader import load_packs

FORM = "servizio-clienti"
QUERY = f"?form={FORM}"
SHEET = f"/api/v1/reviews/C-1{QUERY}"
DONE = f"/api/v1/reviews/done/C-1{QUERY}"
NASTY = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def own_app(sample, tmp_path_factory):
    """A day of its own: what is handed in here is on no other test's page."""
    settings = sample.settings_of(tmp_path_factory.mktemp("reviews"))
    sample.fill(settings)
    return create_app(settings)


@pytest.fixture
def fresh(own_app):
    """Nobody signed in, no reviews."""
    with TestClient(own_app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client
        with own_app.state.services.database.unit_of_work() as unit:
            for review in [r for contact in ("C-1", "C-2", "C/4 è", "C-5") for r in unit.reviews.of_contact(contact)]:
                unit.reviews.drop(review.id)


@pytest.fixture
def site(fresh, sample):
    """The same, with an analyst signed in."""
    enter(fresh, sample, Role.ANALYST)
    return fresh


def enter(client, sample, role, scope=None, agent_id=""):
    """Sign somebody in; what the session's writes carry goes with every request from then on."""
    person = sample.sign_in(client, role, scope, agent_id)
    client.headers.pop("x-csrf-token", None)
    page = client.get("/review/C-1")
    if found := re.search(r'data-csrf="(\w+)"', page.text):
        client.headers["x-csrf-token"] = found[1]
    return person


@pytest.fixture(scope="module")
def criteria(day_settings):
    """Ids of criteria whose machine's answer is met, cannot tell, not met."""
    form = next(pack.form for pack in load_packs(day_settings.rules) if pack.form.id == FORM)
    fail = next(c.id for c in form.criteria if c.automatic_fail)
    first = [c.id for c in form.criteria if c.id != fail][:3]
    return {"met": first[0], "open": first[1], "measured": first[2], "missed": fail}


def sheet(*given, seen=0, **more):
    return {"given": [dict(zip(("criterion_id", "answer", "why"), one, strict=False)) for one in given], "seen": seen,
            **more}  # fmt: skip


def code_of(response):
    return response.json()["error"]["code"]


def standing_on(page):
    found = re.search(r'data-standing="([^"]*)"', page.text)
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize(
    ("role", "page", "read", "write"),
    [
        (Role.ANALYST, 200, 200, 200), (Role.SUPERVISOR, 403, 200, 403), (Role.AUDITOR, 403, 200, 403),
        (Role.ADMIN, 403, 403, 403), (Role.AGENT, 403, 403, 403), (Role.SERVICE, 403, 200, 403),
    ],
)  # fmt: skip
def test_who_may(fresh, sample, role, page, read, write):
    sample.sign_in(fresh, role, agent_id="A01" if role is Role.AGENT else "")
    database = fresh.app.state.services.database
    assert fresh.get("/review/C-1", headers={"accept": "text/html"}).status_code == page
    assert fresh.get(SHEET).status_code == read
    assert fresh.get(f"/api/v1/review-standing/C-1{QUERY}").status_code == read
    if found := re.search(r'data-csrf="(\w+)"', fresh.get("/review/C-1").text):
        fresh.headers["x-csrf-token"] = found[1]
    answer = fresh.put(SHEET, json=sheet())
    assert answer.status_code == write
    with database.reading() as unit:
        assert bool(unit.reviews.of_contact("C-1")) is (write == 200)


def test_nobody_signed_in_gets_nothing(fresh):
    page = fresh.get("/review/C-1", headers={"accept": "text/html"}, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?to=%2Freview%2FC-1")
    assert [fresh.get(SHEET).status_code, fresh.put(SHEET, json=sheet()).status_code] == [401, 401]


def test_a_contact_of_others_is_as_if_it_werent_there(site, fresh, sample):
    enter(fresh, sample, Role.ANALYST, Scope(teams=frozenset({"Casa"})))
    for ask in (
        lambda name: fresh.get(f"/review/{name}"), lambda name: fresh.get(f"/api/v1/reviews/{name}{QUERY}"),
        lambda name: fresh.put(f"/api/v1/reviews/{name}{QUERY}", json=sheet()),
        lambda name: fresh.post(f"/api/v1/reviews/done/{name}{QUERY}", json=sheet()),
        lambda name: fresh.delete(f"/api/v1/reviews/{name}{QUERY}"),
    ):  # fmt: skip
        theirs, unknown = ask("C-2"), ask("C-0")
        assert (theirs.status_code, unknown.status_code) == (404, 404)
        assert theirs.text.replace("C-2", "C-0") == unknown.text


def test_a_look_is_noted_before_its_shown(site):
    site.get("/review/C-1")
    site.get("/review/C-5")
    site.get(SHEET)
    with site.app.state.services.database.reading() as unit:
        seen = [(event.action, event.subject) for event in unit.audit.after(0, 1000)]
    assert {("transcript.viewed", "C-1"), ("contact.viewed", "C-5"), ("quotes.viewed", "C-1")} <= set(seen)


def test_a_draft_comes_back_and_the_score_follows_the_answers(site, criteria):
    begun = site.get(f"/api/v1/review-standing/C-1{QUERY}").json()
    assert (begun["version"], begun["state"], begun["score"]["is_failed"]) == (0, None, True)
    saved = site.put(SHEET, json=sheet((criteria["missed"], "met", "at 0:04"), (criteria["open"], "cannot_tell"),
                                       comment="hm", notes=[{"at_s": 4.5, "text": "here"}]))  # fmt: skip
    assert saved.status_code == 200, saved.text
    told = saved.json()
    assert (told["version"], told["state"], told["score"]["is_failed"]) == (1, "draft", False)
    assert told["score"]["lo"] < told["score"]["value"] == told["score"]["hi"] == 100
    decided = site.put(SHEET, json=sheet((criteria["open"], "not_met"), seen=1)).json()
    assert decided["score"]["value"] == decided["score"]["hi"] == 0
    page = site.get("/review/C-1")
    assert standing_on(page) == site.get(f"/api/v1/review-standing/C-1{QUERY}").json() | {
        "machine_score": decided["machine_score"]
    }
    assert '"given": {"answer": "not_met", "value": null}' in html.unescape(page.text)


def test_two_windows_dont_overwrite_each_other(site):
    assert site.put(SHEET, json=sheet()).json()["version"] == 1
    late = site.put(SHEET, json=sheet())
    assert (late.status_code, code_of(late)) == (409, "review.changed")
    assert code_of(site.post(DONE, json=sheet(seen=7))) == "review.changed"


def test_handing_in_wants_a_reason_and_names_the_criterion(site, criteria):
    refused = site.post(DONE, json=sheet((criteria["missed"], "met")))
    assert (refused.status_code, code_of(refused)) == (400, "review.why")
    assert criteria["missed"] in refused.json()["error"]["message"]
    done = site.post(DONE, json=sheet((criteria["missed"], "met", "heard at 0:04"), (criteria["met"], "met")))
    assert (done.status_code, done.json()["state"], done.json()["done_at"] is None) == (200, "done", False)
    assert code_of(site.delete(SHEET)) == "review.done"


def test_what_was_handed_in_stands_on_the_contacts_page_for_those_who_may_read_it(site, fresh, sample, criteria):
    given = (criteria["missed"], "met", f"heard {NASTY}")
    notes = [{"at_s": 4.5, "text": f"note {NASTY}"}]
    done = site.post(DONE, json=sheet(given, comment=f"comment {NASTY}", notes=notes))
    assert done.status_code == 200
    for role in (Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR):
        sample.sign_in(fresh, role)
        page = fresh.get("/contacts/C-1?lang=en").text
        assert "Reviewed by analyst." in page
        assert NASTY not in page
        assert page.count(html.escape(NASTY).replace("&#x27;", "&#39;")) >= 3
        assert ('href="/review/C-1"' in page) is (role is Role.ANALYST)
    sample.sign_in(fresh, Role.ANALYST)
    review = fresh.get("/review/C-1?lang=en").text
    assert "Already handed in by" in review
    assert "heard &lt;" not in review, "what another answered isn't shown to whoever still decides"
    others = fresh.get(SHEET).json()["others"]
    assert [(one["comment"], one["score"]["is_failed"]) for one in others] == [(f"comment {NASTY}", False)]


def test_a_draft_is_nobody_elses_but_that_there_is_one_is_told(site, fresh, sample):
    site.put(SHEET, json=sheet(comment="mine"))
    other = enter(fresh, sample, Role.ANALYST)
    told = fresh.get(SHEET).json()
    assert (told["others"], told["comment"], len(told["at_it"])) == ([], "", 1)
    assert other.login not in told["at_it"]
    assert "mine" not in fresh.get("/review/C-1").text


def test_a_draft_can_be_thrown_away(site):
    assert code_of(site.delete(SHEET)) == "review.unknown"
    site.put(SHEET, json=sheet(comment="x"))
    assert site.delete(SHEET).status_code == 204
    assert site.get(SHEET).json()["version"] == 0


@pytest.mark.parametrize("text", [NASTY, "</template><img src=x onerror=alert(1)>", "\"' onfocus=alert(1) x='"])
def test_what_is_written_stays_text(site, criteria, text):
    saved = site.put(SHEET, json=sheet((criteria["missed"], "met", text), comment=text,
                                       notes=[{"at_s": 1, "text": text}]))  # fmt: skip
    assert saved.status_code == 200
    page = site.get("/review/C-1").text
    assert text not in page
    facts = [json.loads(html.unescape(raw)) for raw in re.findall(r'data-facts="([^"]*)"', page)]
    assert next(one for one in facts if one["id"] == criteria["missed"])["why"] == text
    assert json.loads(html.unescape(re.search(r'data-notes="([^"]*)"', page)[1])) == [{"at_s": 1.0, "text": text}]
    assert html.unescape(re.search(r'id="comment">(.*?)</textarea>', page, re.DOTALL)[1]) == text


def test_writes_carry_the_sign_of_their_session(site):
    for token in ("", "x", "è"):
        for write in (site.put, site.post):
            answer = write(SHEET if write == site.put else DONE, json=sheet(), headers={"x-csrf-token": token.encode()})
            assert (answer.status_code, code_of(answer)) == (403, "request.csrf")
        assert site.delete(SHEET, headers={"x-csrf-token": token.encode()}).status_code == 403
    elsewhere = site.put(SHEET, json=sheet(), headers={"sec-fetch-site": "cross-site"})
    assert code_of(elsewhere) == "request.other_origin"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 422, "request.invalid"), ("[]", 422, "request.invalid"), ("{}", 422, "request.invalid"),
        ('{"seen": -1}', 422, "request.invalid"), ('{"seen": 0, "reviewer": "bea"}', 422, "request.invalid"),
        ('{"seen": 0, "given": [{"criterion_id": "x", "answer": "maybe"}]}', 422, "request.invalid"),
        ('{"seen": 0, "given": [{"criterion_id": "x", "answer": "met"}]}', 400, "review.unknown_criterion"),
        ('{"seen": 0, "notes": [{"at_s": NaN, "text": "x"}]}', 400, "review.bad_note"),
        ('{"seen": 0, "notes": [{"at_s": 1e9, "text": "x"}]}', 400, "review.bad_note"),
        ('{"seen": 0, "comment": "\\ud800"}', 422, "request.invalid"),
        ('{"seen": 0, "comment": "' + "x" * 10_001 + '"}', 400, "review.too_long"),
        ('{"seen": 0, "comment": "' + "x" * (2 << 20) + '"}', 413, "request.too_long"),
        ("[" * 100_000, 422, "request.invalid"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_bodies_that_cant_be_taken(site, body, status, code):
    for write, address in ((site.put, SHEET), (site.post, DONE)):
        answer = write(address, content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, code_of(answer)) == (status, code)
    assert site.get(SHEET).json()["version"] == 0


def test_an_unknown_form_and_a_contact_that_isnt_scored(site):
    assert code_of(site.get("/api/v1/reviews/C-1?form=nope")) == "review.no_evaluation"
    assert site.get("/review/C-1?form=nope", headers={"accept": "text/html"}).status_code == 404
    page = site.get("/review/C-5?lang=en")
    assert page.status_code == 200
    assert "There is nothing to review here yet" in page.text
    assert code_of(site.put(f"/api/v1/reviews/C-5{QUERY}", json=sheet())) == "review.no_evaluation"


@pytest.mark.parametrize("language", list(Language))
def test_the_page_says_everything_in_both_languages(site, language):
    page = site.get(f"/review/C-1?lang={language}").text
    assert not re.search(r">\s*(review|player|criterion|reason)\.[a-z_.]+", page)
    title = {"it": "Valutazione di C-1", "en": "Review of C-1"}[language]
    assert f"<h1>{title}</h1>" in page
    assert {"it": "1 da decidere", "en": "1 to decide"}[language] in page
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)


def test_ids_with_slashes_and_chats(site):
    slashed = f"/api/v1/reviews/C%2F4%20%C3%A8{QUERY}"
    assert site.put(slashed, json=sheet()).status_code == 200
    assert site.post(f"/api/v1/reviews/done/C%2F4%20%C3%A8{QUERY}", json=sheet(seen=1)).json()["state"] == "done"
    assert 'id="player"' in site.get("/review/C%2F4%20%C3%A8").text
    chat = site.get("/review/C-2").text
    assert 'id="player"' not in chat
    assert "I was billed twice &amp; I am" in html.unescape(chat).replace("& I", "&amp; I")


def test_marks_tell_where_both_speak_and_what_was_perhaps_never_said(site):
    page = site.get("/review/C-1").text
    marks = json.loads(html.unescape(re.search(r'data-marks="([^"]*)"', page)[1]))
    assert {"phantom", "silence", "hold", "interruption", "met"} <= {mark["kind"] for mark in marks}
    silences = json.loads(html.unescape(re.search(r'data-silences="([^"]*)"', page)[1]))
    assert silences == [[3.0, 6.5], [7.0, 9.5], [7.2, 10.0]]


def question(kind, **more):
    same = Text("Domanda", "Question")
    return Criterion("q", same, same, same, type=kind, **more)


OPTIONS = tuple(Option(name, Text(name, name), share) for name, share in (("a", 1.0), ("b", 0.0)))


@pytest.mark.parametrize(
    ("criterion", "values"),
    [
        (question(CriterionType.YES_NO), {"1": "met", "2": "not_met", "3": "not_applicable", "4": "cannot_tell"}),
        (question(CriterionType.YES_NO, na=False), {"1": "met", "2": "not_met", "4": "cannot_tell"}),
        (question(CriterionType.SINGLE_CHOICE, options=OPTIONS),
         {"1": "option:a", "2": "option:b", "3": "not_applicable", "4": "cannot_tell"}),
        (question(CriterionType.MULTIPLE_CHOICE, options=OPTIONS, na=False),
         {"1": "option:a", "2": "option:b", "3": "none", "4": "cannot_tell"}),
        (question(CriterionType.DATE), {"1": "not_applicable", "2": "cannot_tell"}),
    ],
)  # fmt: skip
def test_answers_to_choose_from(criterion, values):
    assert {offer.key: offer.value for offer in review_page.offers_of(criterion)} == values


def test_facts_of_a_choice_are_in_one_order():
    machine = CriterionAnswer("q", Answer.MET, "found", value=("b", "a"))
    criterion = question(CriterionType.MULTIPLE_CHOICE, options=OPTIONS)
    given = GivenAnswer("q", Answer.MET, ("a", "b"), "why")
    row = review_page.ReviewRow(criterion.title, criterion, machine, given, ())
    assert row.facts["machine"]["value"] == row.facts["given"]["value"] == ["a", "b"]
