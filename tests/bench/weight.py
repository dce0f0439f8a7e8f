"""What a first visit to the campaign page costs: `python -m tests.bench.weight [ADDRESS]`.

ADDRESS is a running production server, as `make demo` starts one (http://127.0.0.1:8000), or a page of it; of a server
alone, its first open campaign is weighed. Prints the requests, bytes as sent by kind, requests to other hosts, and when
the page can be read and is whole on a slow line (400 kbit/s, 400 ms). Stops with 1 where a goal is missed.
"""

import shutil
import sys
from collections import Counter
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

GOAL = 150_000  # bytes, fonts apart
KINDS = {
    "Document": "page",
    "Stylesheet": "style sheets",
    "Script": "scripts",
    "Font": "fonts",
    "Image": "pictures",
    "Fetch": "data",
}
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
PAINTED = """performance.getEntriesByName("first-contentful-paint")[0].startTime"""
WHOLE = """performance.getEntriesByType("navigation")[0].loadEventEnd"""


def campaign(browser, base):
    """The address of the first open campaign of a server."""
    page = browser.new_page(locale="da-DK")
    page.goto(f"{base}/kampagner/")
    for address in page.eval_on_selector_all(
        "main a[href*='/kampagner/']", "links => links.map(a => a.href)"
    ):
        page.goto(address)
        if page.locator("[name=problem]").count():
            page.close()
            return address
    raise SystemExit(f"No open campaign at {base}/kampagner/")


def visit(browser, address, *, slow=False):
    """A first visit. Returns what was loaded, (kind, address, bytes with headers), and (painted, whole) in seconds."""
    context = browser.new_context(locale="da-DK", viewport={"width": 390, "height": 844})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    if slow:
        wire.send("Network.emulateNetworkConditions", SLOW)
    asked, loaded = {}, []
    wire.on(
        "Network.requestWillBeSent", lambda told: asked.update({told["requestId"]: told["request"]["url"]})
    )
    kinds = {}
    wire.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))
    wire.on(
        "Network.loadingFinished",
        lambda told: loaded.append(
            (kinds.get(told["requestId"], "?"), asked[told["requestId"]], int(told["encodedDataLength"]))
        ),
    )
    page.goto(address, wait_until="networkidle")
    times = tuple(page.evaluate(each) / 1000 for each in (PAINTED, WHOLE))
    context.close()
    return [each for each in loaded if not each[1].startswith("data:")], times


def main(argv):
    base = (argv[0] if argv else "http://127.0.0.1:8000").rstrip("/")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        address = f"{base}/" if urlsplit(base).path else campaign(browser, base)
        loaded, _times = visit(browser, address)
        _loaded, (painted, whole) = visit(browser, address, slow=True)
        browser.close()
    requests, sizes = Counter(), Counter()
    for kind, _address, size in loaded:
        requests[KINDS.get(kind, "other")] += 1
        sizes[KINDS.get(kind, "other")] += size
    host = urlsplit(address).netloc
    foreign = [each for _kind, each, _size in loaded if urlsplit(each).netloc != host]
    weight = sizes.total() - sizes["fonts"]
    print(address)
    for kind, size in sizes.most_common():
        print(f"  {kind:<14}{requests[kind]:>4} requests {size / 1000:>8.1f} kB")
    for _kind, each, size in sorted(loaded, key=lambda row: -row[2])[:6]:
        print(f"    {size / 1000:>6.1f} kB  {urlsplit(each).path}")
    print(
        f"  fonts apart   {weight / 1000:>26.1f} kB (goal ≤ {GOAL / 1000:.0f} kB), {len(loaded)} requests in all"
    )
    print(f"  to other hosts {len(foreign)} requests (goal 0)")
    print(f"  at 400 kbit/s and 400 ms: first words after {painted:.1f} s, everything after {whole:.1f} s")
    return int(weight > GOAL or bool(foreign))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
