"""Write down who has a satellite captured."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .assist.captures import DeviceCapture, async_wait_for_end, listen_captures
from .assist.satellites import SatelliteDirectory
from .const import LOGGER
from .errors import VaultUnavailable
from .policy.choices import OTHER_CLIENTS
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
    def async_start(self, entry: ConfigEntry) -> CALLBACK_TYPE:
        """Listen until the returned function is called."""

        @callback
        def begun(capture: DeviceCapture) -> None:
            """Note one; whoever makes it does not wait for us."""
            # It must not hold up the start or the stop of Home Assistant.
            entry.async_create_background_task(
                self._hass, self._async_follow(capture), "capture of a satellite"
            )

        return listen_captures(self._hass, begun)

    async def _async_follow(self, begun: DeviceCapture) -> None:
        """Write one down, at once for as long as it may go on, then for as long as it did."""
        satellite = self._satellites.by_device_id(begun.device_id)
        capture = Capture(
            at=begun.at,
            until=begun.until,
            user_id=begun.user_id,
            satellite_key=OTHER_CLIENTS if satellite is None else satellite.key,
            device_id=begun.device_id,
        )
        try:
            async with self._storage.async_use(is_writing=True) as vault:
                number = await vault.captures.record(capture)
            await async_wait_for_end(self._hass, begun)
            ended = dt_util.utcnow()
            if ended < begun.until:
                async with self._storage.async_use(is_writing=True) as vault:
                    await vault.captures.end(number, ended)
        except VaultUnavailable as err:
            LOGGER.error(
                "A capture of device %s at %s could not be written down: %s",
                capture.device_id,
                capture.at.isoformat(),
                err.reason,
            )
