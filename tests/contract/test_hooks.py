"""Webhooks on both databases: written with the event, leased to one sender, signed, tried again, given up, erased.

The receiver is a real server on this machine; signatures are checked by code of the test's own.
"""

import base64
import hashlib
import hmac
import http.server
import json
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest

from qm.domain.hook import CHOSEN, MOST_HOOKS, MOST_TRIES, DeliveryState, HookState
from qm.errors import ConflictError, InputError, NotFoundError
from qm.operations.hook_post import new_secret, post
from qm.services.hook_sender import HookSender
from qm.services.hooks import HookService
from qm.storage.audit_store import AuditPen
from qm.storage.database import Database

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOST = frozenset({"127.0.0.1"})


class Site:
    def __init__(self, url):
        self.now, self.numbers = NOW, count(1)
        self.database = Database(url, pen=AuditPen("test", lambda: self.now))
        units = self.database.unit_of_work, self.database.reading
        self.hooks = HookService(
            *units, HOST, lambda: self.now, lambda n: f"{next(self.numbers):0{2 * n}x}", new_secret
        )
        self.units = units

    def sender(self, name="one", poster=None, timeout_s=2.0):
        send = poster or partial(post, hosts=HOST, timeout_s=timeout_s)
        return HookSender(*self.units, name, send, lambda: self.now, lambda: 0.5)

    def happen(self, event="review.done", subject="C-1", kind="contact"):
        with self.database.unit_of_work() as unit:
            unit.audit.note(event, kind, subject, actor="ada", before={"secret": "detto"}, why="detto")

    def fail(self):
        """What happens in a transaction that doesn't stand."""
        with suppress(KeyError), self.database.unit_of_work() as unit:
            unit.hooks.tell("contact.done", "contact", "C-1")
            unit.audit.note("review.done", "contact", "C-1")
            raise KeyError

    def pass_by(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def site(database_url):
    made = Site(database_url)
    yield made
    made.database.close()


@contextmanager
def receiver(status=200, headers=None, body=b"ok", before=lambda _got: None):
    """A server that remembers what it's sent."""
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.path, dict(self.headers), content))
            before(self)
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            got.append((self.path, dict(self.headers), b"GET"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/in", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def is_signed(secret, headers, body):
    """Standard Webhooks, written anew from its text."""
    named = {name.lower(): value for name, value in headers.items()}
    text = named["webhook-id"].encode() + b"." + named["webhook-timestamp"].encode() + b"." + body
    mac = hmac.new(base64.b64decode(secret[len("whsec_") :]), digestmod=hashlib.sha256)
    mac.update(text)
    return named["webhook-signature"] == "v1," + base64.standard_b64encode(mac.digest()).decode("ascii")


def only(site):
    (delivery,) = site.hooks.page().deliveries
    return delivery


def test_an_event_is_told_signed_with_ids_alone(site):
    with receiver() as (url, got):
        _hook, secret = site.hooks.add(url, ["review.done"], "ada")
        site.happen()
        site.happen("case.opened", "D-1", "case")
        assert site.sender().step().sent == 1
    ((path, headers, body),) = got
    assert path == "/in"
    assert is_signed(secret, headers, body)
    assert not is_signed(secret, headers, body + b" ")
    told = json.loads(body)
    assert told == {
        "type": "review.done", "timestamp": NOW.isoformat(), "data": {"kind": "contact", "id": "C-1"},
    }  # fmt: skip
    assert (only(site).state, only(site).status, only(site).tries) == (DeliveryState.SENT, 200, 1)
    assert site.sender().step().tried == 0


def test_what_was_rolled_back_is_told_to_nobody(site):
    with receiver() as (url, got):
        site.hooks.add(url, list(CHOSEN), "ada")
        site.fail()
        assert site.sender().step().tried == 0
    assert not got


def test_two_senders_send_once(site):
    sent = []
    site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    for number in range(30):
        site.happen(subject=f"C-{number}")

    def poster(_url, body, _headers):
        sent.append(json.loads(body)["data"]["id"])
        return 200, ""

    def work(name):
        sender = site.sender(name, poster)
        while sender.step().tried:
            pass

    threads = [threading.Thread(target=work, args=(f"s{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == sorted(f"C-{number}" for number in range(30))


def test_what_a_killed_sender_held_is_sent_by_another(site):
    site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    site.happen()
    with site.database.unit_of_work() as unit:
        assert len(unit.hooks.lease("dead", 10, NOW.timestamp(), 60)) == 1
    ok = site.sender(poster=lambda *_: (200, ""))
    assert ok.step().tried == 0
    site.pass_by(seconds=61)
    assert ok.step().sent == 1


def test_who_comes_back_late_overwrites_nothing(site):
    site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    site.happen()

    def slow(*_):
        site.pass_by(minutes=6)
        assert site.sender("other", lambda *_: (200, "")).step().sent == 1
        return 500, ""

    site.sender(poster=slow).step()
    assert only(site).state is DeliveryState.SENT


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_a_receiver_that_refuses_is_tried_again_for_a_day_and_no_longer(site, status):
    site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    site.happen()
    sender, tries = site.sender(poster=lambda *_: (status, "")), 0
    pauses = []
    while only(site).state is DeliveryState.WAITING:
        assert sender.step().tried == 1
        pauses.append(only(site).next_s - site.now.timestamp())
        assert sender.step().tried == 0
        site.now = datetime.fromtimestamp(only(site).next_s, UTC)
        tries += 1
    assert only(site).state is DeliveryState.GIVEN_UP
    assert (only(site).status, only(site).error) == (status, "hook.refused")
    assert tries <= MOST_TRIES
    assert timedelta(hours=12) < timedelta(seconds=sum(pauses[:-1])) <= timedelta(hours=24)
    assert pauses == sorted(pauses)


def test_one_that_wants_no_more_is_left_alone(site):
    site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    site.happen()
    assert site.sender(poster=lambda *_: (410, "")).step().given_up == 1


def test_given_up_is_sent_once_more_by_hand_under_its_id(site):
    with receiver() as (url, got):
        hook, _secret = site.hooks.add(url, list(CHOSEN), "ada")
        site.happen()
        site.sender(poster=lambda *_: (410, "")).step()
        before = only(site)
        site.pass_by(days=3)
        site.hooks.resend(hook.id, before.id, "ada")
        assert site.sender().step().sent == 1
    assert [{k.lower(): v for k, v in headers.items()}["webhook-id"] for _, headers, _ in got] == [before.id]


def test_down_and_back_again(site):
    with receiver() as (url, _got):
        pass
    site.hooks.add(url, list(CHOSEN), "ada")
    site.happen()
    assert site.sender().step().failed == 1
    assert (only(site).status, only(site).error) == (0, "hook.unreachable")


def test_a_redirect_is_not_followed(site):
    with receiver() as (elsewhere, visited), receiver(307, {"Location": elsewhere}) as (url, _got):
        site.hooks.add(url, list(CHOSEN), "ada")
        site.happen()
        assert site.sender().step().failed == 1
    assert not visited
    assert (only(site).status, only(site).error) == (307, "hook.redirect")


def test_a_huge_answer_is_not_read(site):
    with receiver(body=b"x" * 50_000_000) as (url, _got):
        site.hooks.add(url, list(CHOSEN), "ada")
        site.happen()
        assert site.sender(timeout_s=5).step().sent == 1


def test_a_slow_receiver_costs_a_bounded_time(site):
    let_go = threading.Event()

    def drip(handler):
        """A byte of the status line now and then: each resets a plain time-out."""
        for sign in b"HTTP/1.1 200 OK" + b"K" * 200:
            if let_go.wait(0.1):
                return
            try:
                handler.wfile.write(bytes([sign]))
            except OSError:
                return

    with receiver(before=drip) as (url, _got):
        site.hooks.add(url, list(CHOSEN), "ada")
        site.happen()
        began = datetime.now(UTC)
        assert site.sender(timeout_s=0.5).step().failed == 1
        let_go.set()
    assert datetime.now(UTC) - began < timedelta(seconds=5)
    assert only(site).error == "hook.timeout"


def test_a_paused_hook_is_told_nothing_and_goes_on_later(site):
    hook, _secret = site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    site.happen(subject="C-1")
    site.hooks.move(hook.id, HookState.PAUSED, "ada")
    site.happen(subject="C-2")
    ok = site.sender(poster=lambda *_: (200, ""))
    assert ok.step().tried == 0
    with pytest.raises(ConflictError, match="paused"):
        site.hooks.test(hook.id, "ada")
    site.hooks.move(hook.id, HookState.ACTIVE, "ada")
    assert ok.step().sent == 1
    assert only(site).subject == "C-1"


def test_removing_one_removes_its_secret_and_deliveries(site):
    hook, _secret = site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    site.happen()
    site.hooks.drop(hook.id, "ada")
    assert site.hooks.page().hooks == site.hooks.page().deliveries == ()
    with site.database.reading() as unit:
        assert unit.hooks.secret(hook.id) == ""
    with pytest.raises(NotFoundError):
        site.hooks.drop(hook.id, "ada")


def test_deliveries_come_page_by_page_and_old_ones_go(site):
    hook, _secret = site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    for number in range(7):
        site.happen(subject=f"C-{number}")
        if number % 2:
            site.pass_by(seconds=1)
    pages, cursor = [], ""
    while True:
        page = site.hooks.page(hook.id, cursor, 3)
        pages.append([each.subject for each in page.deliveries])
        if not (cursor := page.next_cursor):
            break
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(each for page in pages for each in page) == [f"C-{number}" for number in range(7)]
    ok = site.sender(poster=lambda *_: (200, ""))
    while ok.step().tried:
        pass
    site.pass_by(days=31)
    ok.step()
    assert site.hooks.page(hook.id).deliveries == ()


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.org/", "https://", "https://user:pw@example.org/", "https://example.org/#x", "//example.org",
     "https://example.org:0/", "https://example.org:99999/", "https://[::1", "https://example.org/a b", "javascript:x",
     "https://exa\nmple.org/", "https://exämple.org/", "https://example.org/" + "x" * 600],
)  # fmt: skip
def test_what_is_no_address_is_refused(site, url):
    with pytest.raises(InputError) as refused:
        site.hooks.add(url, list(CHOSEN), "ada")
    assert refused.value.code == "hook.bad_address"


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://10.0.0.1/", "https://192.168.1.4:8443/x", "https://localhost/", "https://[::1]/",
     "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/"],
)  # fmt: skip
def test_the_house_s_own_network_is_for_named_hosts_only(site, url):
    with pytest.raises(InputError) as refused:
        site.hooks.add(url, list(CHOSEN), "ada")
    assert refused.value.code == "hook.private"
    assert post(url, b"{}", {}, frozenset(), 0.5) == (0, "hook.private")


def test_a_name_that_leads_into_the_house_is_refused_when_sending(monkeypatch):
    inside = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_more: inside)
    assert post("https://example.org/", b"{}", {}, frozenset(), 0.5) == (0, "hook.private")


def test_nonsense_is_refused(site):
    for events, code in (([], "hook.no_events"), (["review.done", "x.y"], "hook.unknown_event")):
        with pytest.raises(InputError) as refused:
            site.hooks.add("https://example.org/in", events, "ada")
        assert refused.value.code == code
    for _ in range(MOST_HOOKS):
        site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
    with pytest.raises(InputError, match="already"):
        site.hooks.add("https://example.org/in", list(CHOSEN), "ada")
