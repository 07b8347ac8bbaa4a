"""Check that what was deleted stayed deleted."""

from datetime import datetime

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..data import VoiceRetentionData
from ..errors import DeletedIsBack, ReceiptNotFound, ReceiptsBroken
from ..service_schemas import ATTR_RECEIPT_ID
from ..vault.models import ReceiptCheck, StoredReceipt
from .common import loaded_data, period_of

PAGE = 200


async def async_verify(call: ServiceCall) -> ServiceResponse:
    """Check the receipts and search again, and answer with what came of it."""
    data = loaded_data(call.hass)
    wanted: list[str] | None = call.data.get(ATTR_RECEIPT_ID)
    start, end = period_of(call, dt_util.utcnow())
    chain, receipts = await _async_receipts(data, start, end)
    if wanted is not None:
        known = {receipt.receipt_id for receipt in receipts}
        if missing := {*wanted} - known:
            raise ReceiptNotFound(missing)
        receipts = [item for item in receipts if item.receipt_id in wanted]
    verification = await data.verifier.async_verify(chain, receipts)
    if call.return_response:
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
    # Without the answer, an error is the only way to say that something is wrong.
    if chain.first_broken is not None:
        raise ReceiptsBroken(chain.first_broken)
    if not verification.is_good:
        raise DeletedIsBack(finding.place for finding in verification.findings)
    return None


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
