"""What an integration declares about itself is believed as far as it goes."""

from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components.voice_retention.assist.evidence.manifest import manifest_evidence
from custom_components.voice_retention.policy.models import Evidence, Locality
from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration


@pytest.mark.parametrize(
    ("iot_class", "locality"),
    [
        ("cloud_push", Locality.CLOUD),
        ("cloud_polling", Locality.CLOUD),
        ("local_push", Locality.LOCAL),
        ("local_polling", Locality.LOCAL),
        ("assumed_state", Locality.UNPROVEN),
        ("calculated", Locality.UNPROVEN),
        (None, Locality.UNPROVEN),
    ],
)
async def test_an_integration_says_what_it_is(
    hass: HomeAssistant, iot_class: str | None, locality: Locality
) -> None:
    """What says nothing proves nothing."""
    manifest = {} if iot_class is None else {"iot_class": iot_class}
    mock_integration(hass, MockModule("some_speech", partial_manifest=manifest))
    assert manifest_evidence(hass, "some_speech") == [
        Evidence(kind="iot_class", verdict=locality, detail=iot_class or "unknown")
    ]


async def test_a_connection_to_a_cloud_is_a_sign_against_a_local_class(
    hass: HomeAssistant,
) -> None:
    """Releases from 2026.11 on tell how an integration connects."""
    mock_integration(
        hass, MockModule("some_speech", partial_manifest={"iot_class": "local_push"})
    )
    with patch.object(Integration, "connectivity", ["local", "cloud"], create=True):
        assert manifest_evidence(hass, "some_speech")[1:] == [
            Evidence(kind="connectivity", verdict=Locality.CLOUD, detail="local, cloud")
        ]
    with patch.object(Integration, "connectivity", ["local"], create=True):
        assert len(manifest_evidence(hass, "some_speech")) == 1


async def test_an_integration_that_is_not_there_proves_nothing(
    hass: HomeAssistant,
) -> None:
    """Its word was never heard."""
    assert manifest_evidence(hass, "gone") == [
        Evidence(kind="not_loaded", verdict=Locality.UNPROVEN, detail="gone")
    ]
