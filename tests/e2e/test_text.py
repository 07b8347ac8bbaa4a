"""What is said and answered goes to a cloud only from where it may, in a real Home Assistant."""

from pathlib import Path

import pytest

from demo.house import assist
from demo.house.household import Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.retention import Retention

pytestmark = pytest.mark.slow

PIPELINE = "Talking cloud"


async def test_text_from_a_closed_satellite_stays_at_home(
    house: Household, retention: Retention, config_folder: Path
) -> None:
    """The agent in the cloud gets the whole conversation with each sentence."""
    client = house.client
    pipeline_id = await house.add_pipeline(PIPELINE, house.engines.cloud)
    name = house.engines.cloud.partition(".")[2]
    await assist.change_pipeline(
        client,
        pipeline_id,
        conversation_engine=f"conversation.{name}",
        conversation_language="*",
        tts_engine=f"tts.{name}",
        tts_language="en",
    )
    satellite = LightSatellite("Speaker", "Study")
    placed = await house.add_satellite(satellite, PIPELINE)
    sentences = ("open the garage door", "start the vacuum cleaner", "what time is it")
    said = [await Speech.of(sentence, seed=7) for sentence in sentences]
    house.cloud.teach(said)

    first = await satellite.speak(said[0], speed=5)
    assert first.transcript == said[0].text
    assert house.cloud.told[-1][-1] == said[0].text
    assert house.cloud.said == ["Answer 1 from a cloud"]

    await retention.dont_send_text(placed.device_id, on=True)
    house.cloud.forget()
    second = await satellite.speak(said[1], speed=5)
    assert second.transcript == said[1].text
    assert (house.cloud.told, house.cloud.said) == ([], [])
    assert house.cloud.bytes_received == 0

    await retention.dont_send_text(placed.device_id, on=False)
    await satellite.speak(said[2], speed=5)
    (conversation,) = house.cloud.told
    assert conversation[-1] == said[2].text
    assert said[1].text not in str(conversation)
    assert said[0].text in conversation
