"""Ask which pipelines to protect."""

import voluptuous as vol

from homeassistant.components.assist_pipeline import async_get_pipelines
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import BooleanSelector

from ..const import CONF_PIPELINES, CONF_PROTECT_ALL
from .fields import FieldError, Fields, Input, list_selector


@callback
def pipeline_fields(hass: HomeAssistant) -> Fields:
    """Return the fields to choose the protected pipelines with."""
    return {
        vol.Required(CONF_PROTECT_ALL): BooleanSelector(),
        vol.Optional(CONF_PIPELINES): list_selector(_pipeline_names(hass)),
    }


@callback
def check_pipelines(hass: HomeAssistant, user_input: Input) -> FieldError | None:
    """Check that there is something to protect."""
    names = _pipeline_names(hass)
    if gone := tuple(item for item in user_input[CONF_PIPELINES] if item not in names):
        return FieldError(field=CONF_PIPELINES, error="pipeline_gone", gone=gone)
    if not user_input[CONF_PROTECT_ALL] and not user_input[CONF_PIPELINES]:
        return FieldError(field=CONF_PIPELINES, error="no_pipelines")
    return None


@callback
def _pipeline_names(hass: HomeAssistant) -> dict[str, str]:
    """Return the name of each pipeline by its id."""
    return {pipeline.id: pipeline.name for pipeline in async_get_pipelines(hass)}
