"""Check that what was deleted stayed deleted."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..data import VoiceRetentionData
from ..errors import DeletedIsBack, ReceiptNotFound, ReceiptsBroken
from ..purge.verification import Verification
from ..service_schemas import ATTR_RECEIPT_ID
from ..vault.books import ReceiptCheck, StoredReceipt
from .common import loaded_data, period_of

PAGE = 200


async def async_verify(call: ServiceCall) -> ServiceResponse:
    """Check the receipts and search again, and answer with what came of it."""
    data = loaded_data(call.hass)
    start, end = period_of(call, dt_util.utcnow())
    verification = await async_verify_receipts(
        data, call.data.get(ATTR_RECEIPT_ID), start, end
    )
    if call.return_response:
        return await async_verification_answer(data, verification)
    # Without the answer, an error is the only way to say that something is wrong.
    if verification.chain.first_broken is not None:
        raise ReceiptsBroken(verification.chain.first_broken)
    if not verification.is_good:
        raise DeletedIsBack(finding.place for finding in verification.findings)
    return None


async def async_verify_receipts(
    data: VoiceRetentionData,
    wanted: Collection[str] | None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Verification:
    """Check all receipts, and search again for what those say is gone that are meant."""
    chain, receipts = await _async_receipts(data, start, end)
    if wanted is not None:
        known = {receipt.receipt_id for receipt in receipts}
        if missing := {*wanted} - known:
            raise ReceiptNotFound(missing)
        receipts = [item for item in receipts if item.receipt_id in wanted]
    return await data.verifier.async_verify(chain, receipts)


async def async_verification_answer(
    data: VoiceRetentionData, verification: Verification
) -> dict[str, Any]:
    """Tell what was found, and what is still to be deleted."""
    owed = [
        {
            "receipt_id": work.receipt_id,
            "places": list(work.left),
            "attempts": work.attempts,
            "retry_at": work.next_try and work.next_try.isoformat(),
        }
        for work in await data.queue.async_all()
    ]
    return {**verification.as_dict(), "owed": owed}


async def _async_receipts(
    data: VoiceRetentionData, start: datetime | None, end: datetime | None
) -> tuple[ReceiptCheck, list[StoredReceipt]]:
    """Return whether all receipts are as they were written, and those of a time."""
    receipts: list[StoredReceipt] = []
    before: int | None = None
    async with data.storage.async_use() as vault:
        chain = await vault.receipts.check()
        while page := await vault.receipts.page(PAGE, before_seq=before):
            before = page[-1].seq
            receipts += [
                receipt
                for receipt in page
                if (start is None or start <= receipt.at)
                and (end is None or receipt.at < end)
            ]
    return chain, receipts
