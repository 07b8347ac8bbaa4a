"""Read what an integration declares about itself."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import IntegrationNotLoaded, async_get_loaded_integration

from ...policy.models import Evidence, EvidenceKind, Locality


@callback
def manifest_evidence(hass: HomeAssistant, domain: str) -> list[Evidence]:
    """Judge an integration by its class, and from 2026.11 on by its connections."""
    try:
        integration = async_get_loaded_integration(hass, domain)
    except IntegrationNotLoaded:
        return [
            Evidence(
                kind=EvidenceKind.NOT_LOADED, verdict=Locality.UNPROVEN, detail=domain
            )
        ]
    iot_class = integration.iot_class or "unknown"
    found = [
        Evidence(
            kind=EvidenceKind.IOT_CLASS,
            verdict=_verdict(iot_class),
            detail=iot_class,
        )
    ]
    # Before 2026.11, manifests do not say how an integration connects.
    connectivity: list[str] = getattr(integration, "connectivity", None) or []
    if "cloud" in connectivity:
        found.append(
            Evidence(
                kind=EvidenceKind.CONNECTIVITY,
                verdict=Locality.CLOUD,
                detail=", ".join(connectivity),
            )
        )
    return found


def _verdict(iot_class: str) -> Locality:
    """Return what a class says."""
    if iot_class.startswith("cloud"):
        return Locality.CLOUD
    if iot_class.startswith("local"):
        return Locality.LOCAL
    return Locality.UNPROVEN
