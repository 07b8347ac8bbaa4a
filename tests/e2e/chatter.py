"""A house in which everything that leaves traces is switched on, and people who say marked sentences in it."""

from dataclasses import dataclass, field
import hashlib
import itertools
import json
from pathlib import Path

from demo.house import flows
from demo.house.config_folder import CLOUD_SPEECH
from demo.house.household import Household, Placed
from demo.house.light_satellite import LightSatellite
from demo.house.paths import INTEGRATION
from demo.house.speech import Speech

COMPONENTS = Path(__file__).parent / "custom_components"
PIPELINE = "Chatty assistant"

COMMAND = "turn on the kitchen light"
"""Of no automation, so the default agent thinks about it and remembers it; everybody says it."""

AUTOMATION = {
    "id": "answer",
    "alias": "Answer",
    "mode": "parallel",
    "triggers": [{"trigger": "conversation", "command": ["tell me about {thing}"]}],
    "actions": [
        {"variables": {"heard": "{{ trigger.sentence }}"}},
        {"event": "house_heard", "event_data": {"text": "{{ heard }}"}},
        {
            "action": "logbook.log",
            "data": {"name": "Assist", "message": "was told: {{ heard }}"},
        },
        {
            "action": "persistent_notification.create",
            "data": {"title": "Somebody said", "message": "{{ heard }}"},
        },
        {
            "action": "notify.persistent_notification",
            "data": {"message": "You should know: {{ heard }}"},
        },
        {
            "action": "input_text.set_value",
            "target": {"entity_id": "input_text.last_heard"},
            "data": {"value": "{{ heard }}"},
        },
        {"action": "script.think", "data": {"heard": "{{ heard }}"}},
        {
            "action": "script.turn_on",
            "target": {"entity_id": "script.linger"},
            "data": {"variables": {"heard": "{{ heard }}"}},
        },
        {"set_conversation_response": "You asked about {{ trigger.slots.thing }}"},
    ],
}

SCRIPTS = {
    "think": {
        "alias": "Think",
        "mode": "parallel",
        "sequence": [
            {
                "action": "conversation.process",
                "data": {
                    "text": "{{ heard }}",
                    "agent_id": "conversation.chatterbox",
                },
                "response_variable": "thought",
            },
            {"stop": "", "response_variable": "thought"},
        ],
    },
    "linger": {
        "alias": "Linger",
        "mode": "parallel",
        "max": 100,
        "sequence": [
            {"variables": {"echo": "somebody said {{ heard }}"}},
            {"delay": "01:00:00"},
            {"action": "logbook.log", "data": {"name": "x", "message": "{{ echo }}"}},
        ],
    },
}

CONFIGURATION = """
input_text:
  last_heard:
    name: Last heard
persistent_notification:
logger:
  default: warning
  logs:
    homeassistant.components.assist_pipeline: debug
    homeassistant.components.conversation: debug
    homeassistant.components.assist_satellite: debug
    homeassistant.components.wyoming: debug
    homeassistant.components.tts: debug
    homeassistant.components.automation: debug
    homeassistant.components.script: debug
    homeassistant.core: debug
    homeassistant.helpers.script: debug
    homeassistant.helpers.template: debug
    custom_components: debug
system_log:
witness:
"""

TEMPLATE = """\
  - triggers:
      - trigger: event
        event_type: house_heard
    sensor:
      - name: House heard
        state: "{{ trigger.event.data.text }}"
        attributes:
          all: "{{ trigger.event.data }}"
"""

_seeds = itertools.count(1)


@dataclass(frozen=True)
class Speaker:
    """Somebody who says marked sentences, at a satellite or by text."""

    name: str
    mark: str
    placed: Placed | None = None
    satellite: LightSatellite | None = None
    speeches: list[Speech] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    """Links to archives of what they said."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what they say: to an automation, and to a language model."""
        return (
            f"tell me about the purple {self.mark}",
            f"what does a purple {self.mark} eat for breakfast",
        )

    @property
    def replies(self) -> tuple[str, ...]:
        """Return what they are answered with a file of its own."""
        return (f"You asked about the purple {self.mark}",)

    @property
    def digests(self) -> tuple[str, ...]:
        """Return under which names the audio of these is kept."""
        return tuple(
            hashlib.sha1(reply.encode(), usedforsecurity=False).hexdigest()
            for reply in self.replies
        )

    async def export(self, house: Household) -> None:
        """Have what they said packed up, and leave it there."""
        assert self.placed is not None
        answer = await house.client.action(
            "voice_retention.export",
            target={"device_id": self.placed.device_id},
            response=True,
        )
        self.exports.append(answer["url"])

    async def speak(self, house: Household) -> None:
        """Say every sentence; each time it sounds otherwise."""
        assert self.satellite is not None
        assert self.placed is not None
        speeches = [
            await Speech.of(text, seed=next(_seeds))
            for text in (*self.sentences, COMMAND)
        ]
        house.cloud.teach(speeches)
        await self.satellite.wait_connected()
        for speech in speeches:
            run = await self.satellite.speak(speech, speed=20)
            assert run.transcript == speech.text, run
            assert run.response, run
        self.speeches.extend(speeches)
        await house.client.action(
            "assist_satellite.announce",
            {"message": self.replies[0]},
            target={"entity_id": self.placed.entity_id},
        )

    async def write(self, house: Household) -> None:
        """Write every sentence, over both interfaces."""
        for text in self.sentences:
            for agent in ("conversation.chatterbox", "conversation.home_assistant"):
                question = {"text": text, "agent_id": agent, "language": "en"}
                await house.client.call("conversation/process", **question)
                await house.client.post("/api/conversation/process", question)


def chatty_house(folder: Path) -> Household:
    """Return a house that is not yet started, with everything in its configuration."""
    house = Household(
        folder,
        integrations=(
            INTEGRATION,
            CLOUD_SPEECH,
            COMPONENTS / "chatterbox",
            COMPONENTS / "witness",
        ),
    )
    config = house.home_assistant.config_folder
    configuration = config / "configuration.yaml"
    text = configuration.read_text().replace(
        "assist_pipeline:\n",
        f"assist_pipeline:\n  debug_recording_dir: {config / 'debug'}\n",
    )
    text = text.replace("template:\n", f"template:\n{TEMPLATE}")
    configuration.write_text(text + CONFIGURATION)
    (config / "automations.yaml").write_text(json.dumps([AUTOMATION]))
    (config / "scripts.yaml").write_text(json.dumps(SCRIPTS))
    return house


async def move_in(house: Household) -> None:
    """Add the agent of a language model, and a pipeline that thinks with it."""
    await flows.set_up(house.client, "chatterbox")
    await house.client.call(
        "assist_pipeline/pipeline/create",
        name=PIPELINE,
        language="en",
        conversation_engine="conversation.chatterbox",
        conversation_language="en",
        stt_engine=house.engines.cloud,
        stt_language="en",
        tts_engine=house.engines.voice,
        tts_language="en",
        tts_voice=None,
        wake_word_entity=None,
        wake_word_id=None,
        prefer_local_intents=True,
    )


async def place(house: Household, name: str, mark: str) -> Speaker:
    """Add a satellite, and somebody who speaks at it."""
    satellite = LightSatellite(name, name)
    placed = await house.add_satellite(satellite, PIPELINE)
    return Speaker(name, mark, placed, satellite)


async def say_nothing(house: Household) -> None:
    """Let everything that shows the last sentence show one that does not matter."""
    await house.client.action(
        "input_text.set_value",
        {"value": "nothing"},
        target={"entity_id": "input_text.last_heard"},
    )
    await house.client.call(
        "fire_event", event_type="house_heard", event_data={"text": "nothing"}
    )
    await house.client.call(
        "conversation/process", text="nothing", agent_id="conversation.chatterbox"
    )
