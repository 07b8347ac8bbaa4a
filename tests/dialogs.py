"""A person at a dialog of ours: fills in forms, and expects a text for all there is to see."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

import voluptuous as vol

import custom_components.voice_retention as integration
from homeassistant.data_entry_flow import FlowManager, FlowResultType, section
from homeassistant.helpers.selector import SelectSelector

INTEGRATION = Path(integration.__file__).parent
TEXTS: dict[str, Any] = json.loads(
    (INTEGRATION / "translations" / "en.json").read_text()
)


class Dialog:
    """One flow, from the first form to its end."""

    def __init__(self, manager: FlowManager[Any, Any, Any], *section: str) -> None:
        """Take Home Assistant's manager of such flows, and where the texts are."""
        self._manager = manager
        self._texts = TEXTS
        for key in section:
            self._texts = self._texts[key]
        self.result: Mapping[str, Any] = {}

    async def open(self, handler: str, **kwargs: Any) -> None:
        """Open the dialog."""
        self._take(await self._manager.async_init(handler, **kwargs))

    async def choose(self, step: str) -> None:
        """Choose from a menu."""
        assert self.result["type"] is FlowResultType.MENU
        await self.enter(next_step_id=step)
        assert self.result["step_id"] == step

    async def enter(self, **values: Any) -> None:
        """Fill in a form as shown, but for these values, and send it."""
        entered = values
        if self.result["type"] is FlowResultType.FORM:
            entered = self.shown | values
        await self.send(entered)

    async def send(self, values: Mapping[str, Any]) -> None:
        """Send exactly this, as a program can."""
        flow_id = self.result["flow_id"]
        self._take(await self._manager.async_configure(flow_id, dict(values)))
        # The end of a flow may set the entry up, or reload it.
        await self._manager.hass.async_block_till_done()

    @property
    def shown(self) -> dict[str, Any]:
        """Return what the fields are filled in with."""
        return {
            str(field): field.description["suggested_value"]
            for field in self._fields
            if field.description
        }

    @property
    def errors(self) -> dict[str, str]:
        """Return the errors that the form shows."""
        return dict(self.result["errors"] or {})

    def offered(self, field: str) -> dict[str, str]:
        """Return the label of each thing that a field offers."""
        options = self._fields[vol.Optional(field)].config["options"]
        return {option["value"]: option["label"] for option in options}

    @property
    def fields(self) -> list[str]:
        """Return the names of the fields."""
        return [str(field) for field in self._fields]

    @property
    def _fields(self) -> dict[Any, Any]:
        """Return the fields of the form."""
        fields: dict[Any, Any] = self.result["data_schema"].schema
        return fields

    def _take(self, result: Mapping[str, Any]) -> None:
        """Look at what the dialog shows."""
        self.result = result
        if result["type"] is FlowResultType.FORM:
            self._expect_texts_of_form()
        elif result["type"] is FlowResultType.MENU:
            self._expect_texts_of_menu()
        elif "translation_domain" not in result and "reason" in result:
            assert result["reason"] in self._texts["abort"]

    def _expect_texts_of_form(self) -> None:
        """Check that everything in a form has a text, and every text its values."""
        texts = self._texts["step"][self.result["step_id"]]
        placeholders = dict(self.result["description_placeholders"] or {})
        shown = [texts["title"], texts["description"]]
        for field, selector in self._fields.items():
            assert not isinstance(selector, section)
            shown += [texts["data"][field], texts["data_description"][field]]
            if isinstance(selector, SelectSelector) and (
                key := selector.config.get("translation_key")
            ):
                known = TEXTS["selector"][key]["options"]
                assert set(selector.config["options"]) <= set(known)
        for field, error in self.errors.items():
            assert field == "base" or field in self._fields
            shown.append(self._texts["error"][error])
        for text in shown:
            assert text.format(**placeholders)

    def _expect_texts_of_menu(self) -> None:
        """Check that everything in a menu has a text."""
        texts = self._texts["step"][self.result["step_id"]]
        options = list(self.result["menu_options"])
        assert texts["title"]
        assert list(texts["menu_options"]) == sorted(options)
        assert list(texts["menu_option_descriptions"]) == sorted(options)
