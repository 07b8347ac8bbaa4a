"""How the panel can look, and what has to hold however it does."""

from itertools import product

import pytest

from .visitor import NARROW, WIDE, Visitor

EVERY_LOOK = pytest.mark.parametrize(
    ("width", "scheme"), list(product((NARROW, WIDE), ("light", "dark")))
)
RIGHT_TO_LEFT = "he"


async def overflow(visitor: Visitor) -> list[str]:
    """Return what of the panel sticks out at a side, so that one would have to scroll there, or the tabs would go."""
    found: list[str] = await visitor.panel.evaluate(_OVERFLOW)
    return found


async def tab_through(visitor: Visitor, *, limit: int = 200) -> list[str]:
    """Go from one control to the next with the keyboard, and return what each is called."""
    await visitor.panel.evaluate(
        "panel => panel.shadowRoot.querySelector('nav a').focus()"
    )
    names: list[str] = []
    for _ in range(limit):
        await visitor.page.keyboard.press("Tab")
        name = await visitor.page.evaluate(_FOCUSED)
        if name is None:
            return names
        names.append(name)
    return names


_OVERFLOW = """
panel => {
  const width = document.documentElement.clientWidth;
  const found = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      const isSeen = box.width > 1 && box.height > 1;
      if (isSeen && (box.left < -1 || box.right > width + 1)) found.push(element.outerHTML.slice(0, 120));
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(panel.shadowRoot);
  // The views scroll below the tabs; the page around them must not.
  const page = document.documentElement;
  if (page.scrollHeight > page.clientHeight) found.push(`page of ${page.scrollHeight} pixels`);
  return found;
}
"""

_FOCUSED = """
() => {
  let element = document.activeElement;
  let isOurs = false;
  while (element?.shadowRoot?.activeElement) {
    if (element.localName === "voice-retention-panel") isOurs = true;
    element = element.shadowRoot.activeElement;
  }
  if (!isOurs) return null;
  const labels = element.labels ? [...element.labels].map((label) => label.innerText) : [];
  const described = element.getAttribute("aria-describedby");
  const about = described ? element.getRootNode().getElementById(described)?.innerText : "";
  const name = element.getAttribute("aria-label") || labels.join(" ") || element.innerText;
  return [name, about].filter(Boolean).join(" | ").replace(/\\s+/g, " ").replaceAll(" ,", ",").trim();
}
"""
