"""How soon a page stands on a cheap laptop over a slow line: Chromium, with both held back."""

import shutil
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.figures import BenchFigure
from benchmarks.scale_day import contact_id
from qm.errors import InputError

SLOWER = 4
"""Times, of the processor."""
BITS_A_SECOND = 10_000_000
LATENCY_MS = 40
LOADS = 5
PAINT_MS = 1500.0
PATIENCE_MS = 60_000
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
WATCH = """
window.painted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.painted = entry.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
"""


def first_loads(base: str, headers: Mapping[str, str]) -> dict[str, BenchFigure]:
    """Largest contentful paint of list and review page with nothing cached.

    Raises:
        InputError: Chromium or Playwright isn't installed.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        raise InputError("bench.missing", "Chromium or Playwright isn't installed", "leave loads out with --no-paint")
    pages = {"list": "/contacts", "review": f"/review/{contact_id(0)}"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            taken = {name: [_load(browser, base + path, headers) for _ in range(LOADS)] for name, path in pages.items()}
        finally:
            browser.close()
    peer = f"{SLOWER} times slower, {BITS_A_SECOND // 1_000_000} Mbit/s, {LATENCY_MS} ms; slowest "
    return {
        f"first_load_{name}": BenchFigure(
            round(float(np.median(found)), 1), "ms", len(found), target=f"< {PAINT_MS:g}",
            peer=f"{peer}{max(found):.0f}",
        ) for name, found in taken.items()
    }  # fmt: skip


def _load(browser: Any, address: str, headers: Mapping[str, str]) -> float:
    """Milliseconds until the largest part of a page was painted, in a browser that has seen none before."""
    context = browser.new_context(extra_http_headers=dict(headers))
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        session.send("Network.enable")
        through = BITS_A_SECOND / 8
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY_MS, "downloadThroughput": through, "uploadThroughput": through},
        )
        page.add_init_script(WATCH)
        page.goto(address, wait_until="networkidle", timeout=PATIENCE_MS)
        return float(page.evaluate("() => window.painted"))
    finally:
        context.close()
