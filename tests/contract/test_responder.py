"""The port of generative models: the endpoint's engine over a server that behaves, misbehaves, or isn't there."""

import json
import socket

import pytest

from models.chat_endpoint_engine import MOST_BYTES, ChatEndpointEngine, EndpointOptions
from models.private_http import is_own, parse_endpoint
from qm.domain.generative import Part, Prompt, Reply
from qm.errors import EngineError, SettingsError
from tests.unit.fake_endpoint import Drip, completion, serving

PROMPT = Prompt(Part.CONFIRM, "instructions", '{"quote":"x"}', {"type": "object"})
GOOD = '{"verdict":"yes"}'


def behaving(_document):
    return 200, {}, completion(GOOD)


def engine(fake, tell=lambda _line: None, **options):
    values = {"within_s": 5.0, **options}
    return ChatEndpointEngine(parse_endpoint(fake.url), EndpointOptions(**values), tell, sleep=lambda _s: None)


def after_warm_up(behave, **options):
    """The reply of a server that begins to misbehave once it is warm, and what it was asked."""
    with serving(behaving) as fake:
        made = engine(fake, **options)
        made.warm_up()
        fake.behave = (lambda document: behave(document, fake)) if behave.__code__.co_argcount == 2 else behave
        return made.respond(PROMPT), fake


def test_a_warm_endpoint_says_what_it_serves_and_asks_once():
    with serving(behaving) as fake:
        made = engine(fake)
        served = made.warm_up()
        assert made.warm_up() == served
        assert (served.name, served.bound_by) == ("tiny", "json_schema")
        assert json.loads(served.reported) == {"id": "tiny", "meta": {"n_params": 268098176}}
        assert len(fake.seen) == 2
        made.close()
        assert made.warm_up() == served


def test_the_request_binds_the_output_and_is_the_same_bytes_each_time():
    with serving(behaving) as fake:
        made = engine(fake, seed=7, most_tokens=99)
        assert [made.respond(PROMPT), made.respond(PROMPT)] == [Reply(GOOD), Reply(GOOD)]
        first, second = fake.completions
    assert first == second
    assert (first["seed"], first["temperature"], first["max_tokens"], first["stream"]) == (7, 0, 99, False)
    assert first["response_format"]["json_schema"]["schema"] == PROMPT.schema
    assert [message["role"] for message in first["messages"]] == ["system", "user"]


def test_constructing_an_engine_asks_nothing():
    with serving(behaving) as fake:
        engine(fake)
        assert fake.seen == []


def test_a_server_that_cannot_bind_is_told_aloud_and_asked_by_prompt():
    told = []

    def unable(document):
        return (400, {}, b"{}") if "response_format" in document else (200, {}, completion(GOOD))

    with serving(unable) as fake:
        made = engine(fake, told.append)
        assert made.warm_up().bound_by == "prompt"
        assert made.respond(PROMPT) == Reply(GOOD)
        assert '{"type":"object"}' in fake.completions[-1]["messages"][0]["content"]
    assert len(told) == 1


def test_the_key_is_sent_as_a_bearer_token_only_where_there_is_one():
    with serving(behaving) as fake:
        engine(fake, key="secret").warm_up()
        engine(fake).warm_up()
        assert [headers.get("Authorization") for headers in fake.headers] == ["Bearer secret"] * 2 + [None] * 2


HTML = b"<html><body>Please log in</body></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "code"),
    [
        (200, {}, HTML, "generative.not_json"),
        (200, {}, b"", "generative.not_json"),
        (200, {}, b"[" * 100_000, "generative.not_json"),
        (200, {}, completion(GOOD)[:-9], "generative.not_json"),
        (200, {"Content-Length": "9999", "Connection": "close"}, completion(GOOD)[:20], "generative.not_json"),
        (200, {}, b"\xff\xfe\x00garbage", "generative.not_json"),
        (200, {}, b"[1, 2]", "generative.wrong_schema"),
        (200, {}, b'"text"', "generative.wrong_schema"),
        (200, {}, b'{"choices": []}', "generative.wrong_schema"),
        (200, {}, b'{"choices": [{"message": {"content": null}}]}', "generative.wrong_schema"),
        (200, {}, b'{"choices": [{"message": {"content": ["x"]}}]}', "generative.wrong_schema"),
        (200, {}, completion(GOOD, "length"), "generative.cut_off"),
        (200, {}, b" " * (MOST_BYTES + 1), "generative.too_much"),
        (302, {"Location": "http://127.0.0.1:1/elsewhere"}, b"", "generative.redirected"),
        (307, {"Location": "http://example.org/"}, b"", "generative.redirected"),
        (401, {}, b"{}", "generative.refused"),
        (404, {}, HTML, "generative.refused"),
        (500, {}, b"{}", "generative.server_error"),
        (503, {}, HTML, "generative.server_error"),
    ],
)  # fmt: skip
def test_each_misbehaviour_has_its_code(status, headers, body, code):
    reply, fake = after_warm_up(lambda _document: (status, headers, body))
    assert reply == Reply("", code)
    assert len(fake.completions) == (3 if status >= 500 else 1)


def test_a_busy_server_is_asked_again_and_no_more_than_three_times():
    answers = iter([(503, {}, b""), (429, {}, b""), (200, {}, completion(GOOD))])
    reply, fake = after_warm_up(lambda _document: next(answers))
    assert reply == Reply(GOOD)
    assert len(fake.completions) == 3


def test_a_server_that_drips_is_cut_at_the_deadline():
    reply, _fake = after_warm_up(lambda _document, fake: (200, {}, Drip(fake.stopping)), within_s=0.3)
    assert reply == Reply("", "generative.timeout")


def test_a_server_that_says_nothing_is_cut_at_the_deadline():
    def silent(_document, fake):
        fake.stopping.wait(5)
        return 200, {}, b""

    reply, _fake = after_warm_up(silent, within_s=0.3)
    assert reply == Reply("", "generative.timeout")


def test_half_of_a_surrogate_pair_can_be_stored():
    reply, _fake = after_warm_up(lambda _document: (200, {}, completion('{"verdict":"\ud800"}')))
    assert reply.text.encode("utf-8")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_server_that_is_down_is_an_engine_error_at_first_and_a_code_later():
    made = ChatEndpointEngine(
        parse_endpoint(f"http://127.0.0.1:{free_port()}/v1"), EndpointOptions(), sleep=lambda _s: None
    )
    with pytest.raises(EngineError) as caught:
        made.warm_up()
    assert caught.value.code == "generative.unreachable"
    assert caught.value.hint
    assert made.respond(PROMPT) == Reply("", "generative.unreachable")


def test_something_else_that_listens_is_no_endpoint():
    with serving(lambda _document: (200, {}, HTML)) as fake:
        fake.models = (200, {}, HTML)
        with pytest.raises(EngineError) as caught:
            engine(fake).warm_up()
    assert caught.value.code == "generative.not_json"


# Where a request may go


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8080", "ftp://127.0.0.1/v1", "http://", "http://user:word@127.0.0.1/v1", "http://[::1/v1",
            "http://127.0.0.1:99999/v1", "http://127.0.0.1/v1?key=1", "file:///etc/passwd"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(SettingsError) as caught:
        parse_endpoint(url)
    assert caught.value.code == "generative.bad_url"


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "169.254.169.254", "0.0.0.0", "[2001:4860:4860::8888]", "[::ffff:8.8.8.8]", "172.32.0.1"]
)
def test_an_address_outside_private_networks_is_refused_unless_named(host):
    with pytest.raises(SettingsError) as caught:
        parse_endpoint(f"http://{host}:8080/v1")
    assert caught.value.code == "generative.host_refused"
    assert parse_endpoint(f"http://{host}:8080/v1", frozenset([host.strip("[]")])).is_named


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.9", "::1", "fd00::1", "::ffff:10.0.0.1"]
)
def test_own_networks(address):
    assert is_own(address)


def resolving(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)


@pytest.mark.parametrize("addresses", [["93.184.216.34"], ["127.0.0.1", "93.184.216.34"], ["169.254.169.254"]])
def test_a_name_that_leads_outside_is_refused_before_anything_is_sent(monkeypatch, addresses):
    resolving(monkeypatch, *addresses)
    monkeypatch.setattr(socket, "create_connection", lambda *_args: pytest.fail("connected"))
    made = ChatEndpointEngine(parse_endpoint("http://models.example/v1"), EndpointOptions(), sleep=lambda _s: None)
    with pytest.raises(EngineError) as caught:
        made.warm_up()
    assert caught.value.code == "generative.host_refused"


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with serving(behaving) as fake:
        assert engine(fake).respond(PROMPT) == Reply(GOOD)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://127.0.0.1:1", "/v1"),
        ("http://127.0.0.1:1/v1/", "/v1"),
        ("http://127.0.0.1:1/api/v1/chat/completions", "/api/v1"),
    ],
)
def test_the_path_may_be_left_out_or_given_wholly(url, path):
    assert parse_endpoint(url).path == path
