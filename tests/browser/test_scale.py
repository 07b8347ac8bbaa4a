"""A hundred thousand recordings are as quick to look through as Home Assistant's own logbook is to open."""

import asyncio
from dataclasses import dataclass
import statistics
from typing import Any, Final

from playwright.async_api import CDPSession, expect

from .conftest import Home, Visit
from .long_history import fill
from .test_history import rows
from .visitor import Visitor

COUNT: Final = 100_000
TRIES: Final = 7

FIRST_PAGE: Final = 300.0
"""Milliseconds from the wish to see the History to its first page, however much there is."""

SLOW_FRAME: Final = 50.0
"""Milliseconds; at 20 pictures a second something moves, at fewer it jumps."""

FEW: Final = 0.05
"""The part of all pictures that may be slow, since a machine for tests does other things too."""

MORE_MEMORY: Final = 8_000_000
"""Bytes; a tenth of what the rows would take if they stayed."""

PATIENCE: Final = 180_000
"""Milliseconds for a deletion of half of them; it takes a fraction of that."""

GO_TO = """async ([path, panel, row]) => {
  const everywhere = (root, selector) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const element of root.querySelectorAll("*")) {
      const inside = element.shadowRoot && everywhere(element.shadowRoot, selector);
      if (inside) return inside;
    }
    return null;
  };
  const begun = performance.now();
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed"));
  for (;;) {
    await new Promise(requestAnimationFrame);
    const shown = everywhere(document, panel);
    if (shown && everywhere(shown.shadowRoot ?? shown, row)) break;
    if (performance.now() - begun > 20_000) throw new Error(`nothing at ${path}`);
  }
  return performance.now() - begun;
}"""
"""Go to a page the way Home Assistant's sidebar does; return the milliseconds until it shows a row."""

SCROLL = """async (list, [from, to, seconds]) => {
  const scroller = list.shadowRoot.querySelector(".scroller");
  const frames = [];
  const begun = performance.now();
  let last = begun;
  for (;;) {
    const now = await new Promise(requestAnimationFrame);
    if (now > last) frames.push(now - last);
    last = Math.max(now, last);
    const part = Math.min(1, (now - begun) / 1000 / seconds);
    scroller.scrollTop = from + (to - from) * part;
    if (part >= 1) return frames;
  }
}"""
"""Scroll evenly; return how many milliseconds each picture took."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of Home Assistant, and what there is of it once its first entries can be seen."""

    path: str
    panel: str
    row: str


OURS = Page(
    path="/voice-retention/history",
    panel="vr-recording-list",
    row=".words .line",
)
LOGBOOK = Page(path="/logbook", panel="ha-panel-logbook", row="ha-logbook-entry")
ELSEWHERE = Page(path="/profile", panel="ha-panel-profile", row="ha-card")


async def time_to(someone: Visitor, page: Page) -> float:
    """Go to a page, and return how many milliseconds that took."""
    took: float = await someone.page.evaluate(GO_TO, [page.path, page.panel, page.row])
    return took


async def times(someone: Visitor, page: Page) -> list[float]:
    """Return the milliseconds that a page takes to be there, the first time apart."""
    found: list[float] = []
    for _ in range(TRIES + 1):
        await time_to(someone, ELSEWHERE)
        found.append(await time_to(someone, page))
    return found


async def memory(devtools: CDPSession) -> tuple[float, float]:
    """Return the bytes that scripts hold, and how many nodes there are."""
    for _ in range(3):
        # What a collection frees of the page's tree, only the next one frees of the scripts.
        await devtools.send("HeapProfiler.collectGarbage")
        await asyncio.sleep(0.5)
    metrics: dict[str, Any] = await devtools.send("Performance.getMetrics")
    values = {one["name"]: one["value"] for one in metrics["metrics"]}
    return values["JSHeapUsedSize"], values["Nodes"]


async def test_a_hundred_thousand_recordings(visitor: Visit, home: Home) -> None:
    """The first page is there at once, scrolling is smooth, and nothing piles up."""
    told = await home.house.client.call("voice_retention/home")
    keys = [one["key"] for one in told["satellites"] if one["key"] != "other"]
    await home.while_stopped(lambda folder: fill(folder, keys, COUNT))
    async with visitor() as someone:
        await someone.open("home")
        logbook_cold, *logbook = await times(someone, LOGBOOK)
        ours_cold, *ours = await times(someone, OURS)
        first, reference = statistics.median(ours), statistics.median(logbook)
        print(  # noqa: T201
            f"\n  first page {first:.0f} ms (first time {ours_cold:.0f} ms), the logbook's"
            f" {reference:.0f} ms ({logbook_cold:.0f} ms): {first / reference:.2f} of it"
        )
        count = await someone.panel.get_by_role("grid", name="History").get_attribute(
            "aria-rowcount"
        )
        assert int(count or 0) >= COUNT
        assert first < FIRST_PAGE

        devtools = await someone.page.context.new_cdp_session(someone.page)
        await devtools.send("Performance.enable")
        listed = someone.panel.locator("vr-recording-list")
        height = await listed.evaluate(
            "list => list.shadowRoot.querySelector('.scroller').scrollHeight"
        )
        # Once before, so that what is made only once is there.
        await listed.evaluate(SCROLL, [0, height, 5])
        before, nodes_before = await memory(devtools)
        slowly = await listed.evaluate(SCROLL, [0, 12_000, 4])
        fast = [
            frame
            for way in ([0, height], [height, 0]) * 2
            for frame in await listed.evaluate(SCROLL, [*way, 4])
        ]
        after, nodes_after = await memory(devtools)
        for name, frames in (("slowly", slowly), ("fast", fast)):
            late = sum(frame > SLOW_FRAME for frame in frames) / len(frames)
            print(  # noqa: T201
                f"  {name}: {len(frames)} pictures, {statistics.median(frames):.0f} ms each,"
                f" the longest {max(frames):.0f} ms, {late:.1%} over {SLOW_FRAME:.0f} ms"
            )
            assert late < FEW
        print(  # noqa: T201
            f"  memory {before / 1e6:.1f} MB, then {after / 1e6:.1f} MB;"
            f" nodes {nodes_before:.0f}, then {nodes_after:.0f}"
        )
        assert after - before < MORE_MEMORY
        assert nodes_after < 1.2 * nodes_before
        await rows(someone).first.focus()
        await someone.page.keyboard.press("Home")
        await rows(someone).first.locator(".words .line").first.wait_for()
        await _search_and_stop(someone)


async def _search_and_stop(someone: Visitor) -> None:
    """A search of so much takes seconds; it tells how far it is, and can be stopped."""
    await someone.panel.get_by_label("Search what was said").fill("walrus")
    await someone.panel.get_by_text("Searched").wait_for()
    await someone.panel.get_by_role("button", name="Stop").click()
    await someone.panel.get_by_text("Stopped after").wait_for()
    await someone.panel.get_by_role("button", name="End the search").click()
    await rows(someone).first.locator(".words .line").first.wait_for()


async def test_a_long_deletion_shows_how_far_it_is_and_can_be_left(
    visitor: Visit, home: Home
) -> None:
    """It goes on without the page, and every page tells of it."""
    async with visitor() as someone:
        await someone.open("history")
        await someone.panel.get_by_label("All satellites").select_option("Kitchen")
        await someone.panel.get_by_text(f"Recordings: {COUNT // 2 + 2:,}").wait_for()
        await someone.panel.get_by_label("Choose all that is shown").click()
        await someone.panel.get_by_role("button", name="Delete", exact=True).click()
        dialog = someone.panel.locator("vr-delete")
        await dialog.get_by_role("button", name="Delete", exact=True).click(
            timeout=PATIENCE
        )
        await expect(dialog.get_by_role("progressbar")).to_be_visible()
        # What is to be deleted is written down first.
        await expect(dialog).to_contain_text("places done", timeout=PATIENCE)
        await expect(dialog).to_contain_text("the deletion goes on")
        await someone.page.keyboard.press("Escape")
        await someone.panel.get_by_role("link", name="Receipts", exact=True).click()
        await expect(someone.panel.get_by_role("progressbar")).to_be_visible()
        await expect(someone.panel.locator("vr-receipt").first).to_contain_text(
            "Deleted by Demo", timeout=PATIENCE
        )
    kitchen, bedroom = (home.placed(name).device_id for name in ("Kitchen", "Bedroom"))
    assert await home.retention.recordings(kitchen) == []
    assert await home.retention.recordings(bedroom)
