"""The view Home for everybody: in every look, from right to left, with the keyboard, and when it fails."""

from playwright.async_api import expect

from .conftest import Visit
from .looks import EVERY_LOOK, RIGHT_TO_LEFT, overflow, tab_through
from .test_home import SENDING, card
from .visitor import Scheme

SENDING_TEXT = "Don't send transcripts"


@EVERY_LOOK
async def test_it_is_accessible_however_it_looks(
    visitor: Visit, width: int, scheme: Scheme
) -> None:
    """Axe finds nothing serious, and nothing sticks out."""
    async with visitor(width=width, scheme=scheme) as someone:
        await someone.open()
        await expect(card(someone, "Kitchen")).to_be_visible()
        for why in await someone.panel.get_by_role("button", name="Why").all():
            await why.click()
        await someone.panel.get_by_text("Apps and browsers may use").click()
        assert not await someone.accessibility_faults()
        assert not await overflow(someone)


async def test_it_can_be_read_from_right_to_left(visitor: Visit) -> None:
    """The picture then begins at the right."""
    async with visitor(language=RIGHT_TO_LEFT) as someone:
        await someone.open()
        steps = card(someone, "Kitchen").get_by_role("listitem")
        first, last = await steps.first.bounding_box(), await steps.last.bounding_box()
        assert first
        assert last
        assert first["x"] > last["x"]
        assert not await overflow(someone)


async def test_everything_can_be_reached_with_the_keyboard(visitor: Visit) -> None:
    """In the order in which it is seen."""
    async with visitor() as someone:
        await someone.open()
        await expect(card(someone, "Kitchen")).to_be_visible()
        names = await tab_through(someone)
    for wanted in (
        "Delete … | Bedroom",
        f"{SENDING}, Bedroom",
        f"{SENDING_TEXT}, Kitchen",
        "Keep voice recordings, Kitchen",
        "Keep transcripts, Other voice clients",
        "Guest mode, The whole household",
    ):
        assert any(name.startswith(wanted) for name in names), (wanted, names)
    bedroom, kitchen = (
        next(
            at for at, name in enumerate(names) if name.startswith(f"{SENDING}, {one}")
        )
        for one in ("Bedroom", "Kitchen")
    )
    assert bedroom < kitchen


async def test_an_error_is_a_sentence_and_can_be_tried_again(visitor: Visit) -> None:
    """The first question is refused here, as it is while the integration starts."""
    async with visitor() as someone:
        refused = await someone.refuse_once("voice_retention/home")
        await someone.open()
        await someone.try_again()
        await expect(card(someone, "Kitchen")).to_be_visible()
        assert refused
