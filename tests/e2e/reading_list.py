"""What can be read of Home Assistant, and how to ask for it.

Whatever is neither known to change something nor answers when asked for nothing in
particular has to be listed here, or the search says that it does not know it.
"""

import re
from urllib.parse import quote

from demo.house.client import Json

type Fields = dict[str, list[Json]]

_CHANGING = re.compile(
    r"(?:^|/)(?:accept|acknowledge|add|admin_\w+|adjust_\w+|beta|candidate|capture|change_\w+|clear\w*|configure"
    r"|connect|continue|create|delete\w*|depose_mfa|detect|disable|dismiss_\w+|expose_entity|generate\w*|ignore\w*"
    r"|import\w*|install|intercept_\w+|long_lived_\w+|move|offer|preferences/set|prepare|process|promote"
    r"|refresh|refresh_token_set_expiry|remove\w*|reorder|restore|run|save|set|set_\w+|setup_mfa|sign_path|step|stop"
    r"|uninstall|update|update_\w+|test_connection|call_service|execute_script|fire_event|unsubscribe_events"
    r"|supported_features|log_level|integration_log_level)$|^witness/|^trace/debug/|^marketplace/"
    r"|^voice_retention/(?:export|protect|history/(?:hold|play))$"
)
"""The marketplace asks the internet, and debugging stops what runs."""

_ASKING = frozenset(
    {
        # They tell only about the text or the template that they are asked about.
        "blueprint/substitute",
        "device_automation/action/capabilities",
        "device_automation/condition/capabilities",
        "device_automation/trigger/capabilities",
        "extract_from_target",
        "explain_target",
        "get_conditions_for_target",
        "get_services_for_target",
        "get_triggers_for_target",
        "number/device_class_convertible_units",
        "render_template",
        "sensor/device_class_convertible_units",
        "slugify",
        "subscribe_condition",
        "subscribe_trigger",
        "test_condition",
        "validate_config",
        "conversation/agent/homeassistant/debug",
        # They need a camera, a vacuum cleaner, a weather or an image.
        "camera/capabilities",
        "camera/get_prefs",
        "camera/stream",
        "camera/webrtc/get_client_config",
        "camera/webrtc/offer",
        "vacuum/get_segments",
        "weather/subscribe_forecast",
        "update/release_notes",
        "media_player/browse_media",
        "media_player/search_media",
        "todo/item/list",
        "todo/item/subscribe",
        "radio_frequency/list",
        # Of a backup of which there is none.
        "backup/can_decrypt_on_download",
        "backup/details",
        # They wait, or are about a dialog or a sign-in.
        "integration/wait",
        "subscribe_bootstrap_integrations",
        "repairs/get_issue_data",
        "media_source/resolve_media",
        "media_source/local_source/remove",
        "application_credentials/config_entry",
        "auth/sign_path",
    }
)

_NO_LISTS = re.compile(
    # Pages and pictures of the frontend, the socket itself, dialogs, a stream without an end, one file at a time.
    r"^(?!/api/)|^/api/(?:brands|camera|image|map_tiles|media_player|websocket|stream|backup/download|onboarding"
    r"|assist_satellite|repairs/issues/fix|stt|tts_proxy|config/config_entries/(?:\w+/)*flow/|config/scene"
    r"|diagnostics/{d_type}/{d_id}/|image_proxy|voice_retention/(?:export|play)/)"
)


def changes(command: str) -> bool:
    """Return whether a websocket command changes something, or tells nothing but what it is asked."""
    return command in _ASKING or _CHANGING.search(command) is not None


def is_no_list(view: str) -> bool:
    """Return whether a path is nothing that lists what Home Assistant knows."""
    return _NO_LISTS.search(view) is not None


def make_fields(
    *,
    start: str,
    entities: list[str],
    entries: list[str],
    traces: list[Json],
    runs: list[Json],
    conversations: list[str],
    satellites: list[str],
    devices: list[str],
    recordings: list[str],
    voice: str,
) -> Fields:
    """Return in which ways each command and path is to be asked."""
    one_entity = [{"entity_id": entity} for entity in entities]
    moment, some = quote(start), f"filter_entity_id={','.join(entities)}"
    pipelines = {run["pipeline_id"] for run in runs}
    return {
        "assist_pipeline/pipeline_debug/list": [
            {"pipeline_id": one} for one in pipelines
        ],
        "assist_pipeline/pipeline_debug/get": runs,
        "assist_satellite/get_configuration": [
            {"entity_id": one} for one in satellites
        ],
        "automation/config": [{"entity_id": "automation.answer"}],
        "blueprint/list": [{"domain": "automation"}, {"domain": "script"}],
        "config/category_registry/list": [{"scope": "automation"}],
        "config/device_registry/list_linked_devices": [
            {"device_id": one} for one in devices
        ],
        "config/entity_registry/get": one_entity[:0],
        "config/entity_registry/get_entries": [{"entity_ids": entities}],
        "config/entity_registry/get_automatic_entity_ids": [{"entity_ids": entities}],
        "config_entries/get_single": [{"entry_id": one} for one in entries],
        "config_entries/subentries/list": [{"entry_id": one} for one in entries],
        "conversation/chat_log/subscribe": [
            {"conversation_id": one} for one in conversations
        ],
        "device_automation/action/list": [{"device_id": one} for one in devices],
        "device_automation/condition/list": [{"device_id": one} for one in devices],
        "device_automation/trigger/list": [{"device_id": one} for one in devices],
        "diagnostics/get": [{"domain": "voice_retention"}],
        "frontend/get_icons": [{"category": "entity"}],
        "frontend/get_translations": [{"language": "en", "category": "title"}],
        "frontend/get_system_data": [{"key": "core"}],
        "frontend/subscribe_system_data": [{"key": "core"}],
        "homeassistant/expose_new_entities/get": [{"assistant": "conversation"}],
        "history/history_during_period": [
            {"start_time": start, "entity_ids": entities}
        ],
        "history/stream": [{"start_time": start, "entity_ids": entities}],
        "logbook/event_stream": [{"start_time": start}],
        "labs/subscribe": [{"domain": "automation", "preview_feature": "x"}],
        "logbook/get_action_calls": [{"start_time": start}],
        "logbook/get_events": [{"start_time": start}],
        "lovelace/config": [{"url_path": None}],
        "manifest/get": [{"integration": "voice_retention"}],
        "media_source/search_media": [
            {"media_content_id": "media-source://tts", "search_query": "purple"}
        ],
        "network/url": [{}],
        "recorder/entity_options/get": [{"entity_id": one} for one in entities[:1]],
        "recorder/statistic_during_period": [{"statistic_id": "sensor.x"}],
        "recorder/statistics_during_period": [
            {"start_time": start, "period": "5minute", "statistic_ids": entities}
        ],
        "script/config": [
            {"entity_id": "script.think"},
            {"entity_id": "script.linger"},
        ],
        "search/related": [
            {"item_type": "entity", "item_id": one} for one in satellites
        ],
        "stt/engine/list": [{}],
        "subscribe_events": [{}],
        "trace/list": [{"domain": "automation"}, {"domain": "script"}],
        "trace/get": traces,
        "tts/engine/get": [{"engine_id": voice}],
        "tts/engine/voices": [{"engine_id": voice, "language": "en"}],
        "voice_retention/history/details": [
            {"recording_id": one} for one in recordings
        ],
        "voice_retention/history/search": [{"text": "purple"}],
        "wake_word/info": [],
        "/api/config/automation/config/{config_key}": [{"config_key": "answer"}],
        "/api/config/script/config/{config_key}": [
            {"config_key": "think"},
            {"config_key": "linger"},
        ],
        "/api/diagnostics/{d_type}/{d_id}": [
            {"d_type": "config_entry", "d_id": one} for one in entries
        ],
        "/api/history/period/{datetime}": [{"datetime": moment, "query": some}],
        "/api/logbook/{datetime}": [{"datetime": moment}],
        "/api/history/period": [{"query": some}],
        "/api/states/{entity_id}": one_entity,
    }
