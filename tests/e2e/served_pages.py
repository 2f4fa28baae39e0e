"""What tests in a browser share: Chromium's flags, and the pages served by a process of their own over a sample day."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import types
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium isn't installed"),
    # Playwright's event loop leaves sockets to the garbage collector when it stops.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
PATIENCE_MS = 20_000
ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
)  # fmt: skip


def sample_day():
    name = "qm_tests_sample_day"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "routes" / "sample_day.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@contextmanager
def served(folder, **more):
    """The address of the pages over that folder's sample day, which has been filled; `more` are settings."""
    environment = {**os.environ, "QM_DATA": str(folder), "QM_LANGUAGE": "en", "QM_RATE": "100000", **more}
    # The port listens before the server runs: no race for it, and the first request simply waits to be taken up.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--fd", str(listener.fileno())]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[listener.fileno()])
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=60) as response:
                assert response.status == 200
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def sample_site(folder, change=lambda _database: None, **more):
    """A running server over a sample day and the database behind it, where sessions are opened by `let_in`.

    Args:
        change: is given the database before the server starts.
        more: settings of the server.
    """
    from qm.storage.database import Database

    settings = sample_day().settings_of(folder)
    sample_day().fill(settings)
    database = Database(settings.database_url)
    try:
        change(database)
        with served(folder, **more) as address:
            yield types.SimpleNamespace(address=address, database=database)
    finally:
        database.close()


@contextmanager
def visitors(browser, site):
    """Gives a function that opens a page for somebody of a role, with the options of a browser's context.

    Ends with an error where any page had a script error, was refused a resource or asked another host.
    `tells_refusals=False`: the browser itself notes answers of 400 and more as errors; they're wanted there.
    """
    contexts, wrong = [], []

    def enter(role, *, agent_id="", tells_refusals=True, **options):
        context = browser.new_context(base_url=site.address, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        let_in(site.database, context, role, agent_id=agent_id)
        page = context.new_page()
        if tells_refusals:
            page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(site.address) else None)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not [text for text in wrong if not text.startswith(("data:", "blob:"))]


def let_in(database, context, role=None, **more):
    """What `sample_day.sign_in` does for a test client, for a browser; an analyst where no role is named."""
    from qm.domain.people import Role

    kept = {}
    services = types.SimpleNamespace(database=database)
    client = types.SimpleNamespace(
        app=types.SimpleNamespace(state=types.SimpleNamespace(services=services)),
        cookies=types.SimpleNamespace(set=lambda name, value, **_more: kept.update({name: value})), headers={},
    )  # fmt: skip
    person = sample_day().sign_in(client, role or Role.ANALYST, **more)
    context.add_cookies([{"name": n, "value": v, "domain": "127.0.0.1", "path": "/"} for n, v in kept.items()])
    return person
