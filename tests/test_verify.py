"""Test the action that verifies deletions, and that receipts tell who asked."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.voice_retention.asker import async_asker
from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.errors import (
    DeletedIsBack,
    EmptyPeriod,
    InvalidField,
    ReceiptNotFound,
    ReceiptsBroken,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.house import House
from tests.vault.make import satellite, utterance


async def verify(
    hass: HomeAssistant, *, answers: bool = True, **data: object
) -> object:
    """Call the action."""
    return await hass.services.async_call(
        DOMAIN, "verify", data, blocking=True, return_response=answers
    )


async def purge(hass: HomeAssistant, **data: object) -> object:
    """Delete everything and return the receipt."""
    return await hass.services.async_call(
        DOMAIN,
        "purge",
        {"all_devices": True} | data,
        blocking=True,
        return_response=True,
    )


async def test_a_deletion_is_verified_later(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The answer says what was searched, and what cannot be."""
    data = entry.runtime_data
    said = utterance(origin=satellite("kitchen"), created=dt_util.utcnow())
    await data.storage.async_store([said], [])
    receipt = await purge(hass)
    answer = await verify(hass)
    assert answer["good"]
    assert answer["receipts"] == 1
    assert answer["owed"] == []
    assert answer["searched"]["vault"] == 1
    assert answer["searched"]["pipeline_debug"] == 1
    assert answer["not_searched"]["recorder_events"] == {"words_gone": 1}
    assert await verify(hass, answers=False) is None
    again = await verify(hass, receipt_id=receipt["receipt_id"])
    assert again["receipts"] == 1
    assert (await verify(hass, end_time="2020-01-01 00:00:00"))["receipts"] == 0
    assert (await verify(hass, start_time="2020-01-01 00:00:00"))["receipts"] == 1
    await data.storage.async_store([said], [])
    answer = await verify(hass)
    assert not answer["good"]
    assert answer["findings"][0]["receipt_id"] == receipt["receipt_id"]
    with pytest.raises(DeletedIsBack) as raised:
        await verify(hass, answers=False)
    assert raised.value.translation_placeholders == {"places": "vault"}


async def test_a_broken_chain_is_an_error_for_who_gets_no_answer(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """An automation that only calls it must hear of it."""
    await purge(hass)
    async with entry.runtime_data.storage.async_use() as vault:
        await vault._storage.write(
            lambda connection: connection.exec_driver_sql("DELETE FROM receipts")
        )
    assert (await verify(hass))["chain"]["first_broken"] == 1
    with pytest.raises(ReceiptsBroken) as raised:
        await verify(hass, answers=False)
    assert raised.value.translation_placeholders == {"number": "1"}


async def test_what_is_owed_is_in_the_answer(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With how often it was tried, and when it is tried next."""

    async def fail(_: object) -> int:
        raise KeyError("secret")

    data = entry.runtime_data
    monkeypatch.setattr(data.purger._places["chat_logs"], "async_find", fail)
    receipt = await purge(hass)
    (owed,) = (await verify(hass))["owed"]
    assert owed == {
        "receipt_id": receipt["receipt_id"],
        "places": ["chat_logs"],
        "attempts": 1,
        "retry_at": receipt["retry_at"],
    }
    await data.status.async_refresh()
    assert data.status.data.overdue == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"receipt_id": "0" * 32}, ReceiptNotFound),
        ({"receipt_id": "../../secrets"}, InvalidField),
        ({"receipt_id": []}, InvalidField),
        ({"transcript": "forget this"}, InvalidField),
        (
            {"start_time": "2026-01-02 00:00:00", "end_time": "2026-01-01 00:00:00"},
            EmptyPeriod,
        ),
    ],
)
async def test_a_wrong_call_is_refused(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    data: dict[str, object],
    error: type[Exception],
) -> None:
    """And says what is wrong with it."""
    with pytest.raises(error):
        await verify(hass, **data)


async def test_only_administrators_verify(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Receipts tell when somebody was at home."""
    user = MockUser().add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "verify",
            {},
            blocking=True,
            return_response=True,
            context=Context(user_id=user.id),
        )


async def test_a_receipt_names_the_user(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """By name too, for the account may be gone when somebody reads it."""
    user = MockUser(name="Alice", is_owner=True).add_to_hass(hass)
    receipt = await hass.services.async_call(
        DOMAIN,
        "purge",
        {"all_devices": True},
        blocking=True,
        return_response=True,
        context=Context(user_id=user.id),
    )
    assert receipt["asked_by"] == "user"
    assert (receipt["user_id"], receipt["user_name"]) == (user.id, "Alice")
    assert receipt["asked_through"] is None


async def test_a_receipt_names_the_automation(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Whoever wonders where the recordings are finds what deleted them."""
    purge_step = {
        "action": f"{DOMAIN}.purge",
        "data": {"all_devices": True},
    }
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "alias": "Forget at night",
                "triggers": {"trigger": "event", "event_type": "night"},
                "actions": purge_step,
            }
        },
    )
    assert await async_setup_component(
        hass, "script", {"script": {"forget": {"sequence": purge_step}}}
    )
    hass.bus.async_fire("night")
    await hass.async_block_till_done()
    await hass.services.async_call("script", "forget", blocking=True)
    answer = await hass.services.async_call(
        DOMAIN, "get_receipts", {}, blocking=True, return_response=True
    )
    assert [
        (item["asked_by"], item["asked_through"]) for item in answer["receipts"]
    ] == [
        ("automation", "script.forget"),
        ("automation", "automation.forget_at_night"),
    ]


async def test_a_ledger_that_was_deleted_is_not_searched_for_voices(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """It never held any."""
    await purge(hass, include_ledger=True)
    answer = await verify(hass)
    assert answer["good"]
    assert "ledger" not in answer["searched"]
    assert "ledger" not in answer["not_searched"]


async def test_without_a_context_nobody_is_named(hass: HomeAssistant) -> None:
    """A button that a script of Python presses has none."""
    asker = await async_asker(hass, None)
    assert (asker.user_id, asker.user_name, asker.through) == (None, None, None)
