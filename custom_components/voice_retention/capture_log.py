"""Write down who has a satellite captured."""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .assist.captures import DeviceCapture, listen_captures
from .assist.satellites import SatelliteDirectory
from .const import LOGGER
from .errors import VaultUnavailable
from .policy.models import OTHER_CLIENTS
from .storage import Storage
from .vault.captures import Capture


class CaptureLog:
    """The captures that others make, in the access log of the vault."""

    def __init__(
        self, hass: HomeAssistant, storage: Storage, satellites: SatelliteDirectory
    ) -> None:
        """Write into the vault of this storage."""
        self._hass = hass
        self._storage = storage
        self._satellites = satellites

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen until the returned function is called."""
        return listen_captures(self._hass, self._async_begun)

    @callback
    def _async_begun(self, begun: DeviceCapture) -> None:
        """Note one; whoever makes it does not wait for us."""
        satellite = self._satellites.by_device_id(begun.device_id)
        capture = Capture(
            at=begun.at,
            until=begun.until,
            user_id=begun.user_id,
            satellite_key=OTHER_CLIENTS if satellite is None else satellite.key,
            device_id=begun.device_id,
        )
        self._hass.async_create_task(
            self._async_write(capture), "voice_retention write down a capture"
        )

    async def _async_write(self, capture: Capture) -> None:
        """Write it down."""
        try:
            async with self._storage.async_use(is_writing=True) as vault:
                await vault.captures.record(capture)
        except VaultUnavailable as err:
            LOGGER.error(
                "A capture of device %s at %s could not be written down: %s",
                capture.device_id,
                capture.at.isoformat(),
                err.reason,
            )
