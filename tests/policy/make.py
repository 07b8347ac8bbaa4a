"""Make what a decision is made of."""

from datetime import timedelta

from hypothesis import strategies as st

from custom_components.voice_retention.policy.choices import (
    OTHER_CLIENTS,
    Keep,
    SatelliteSettings,
    Settings,
)
from custom_components.voice_retention.policy.models import (
    Engine,
    Locality,
    Origin,
    OriginKind,
)

KITCHEN = "kitchen"
BEDROOM = "bedroom"
DAY = timedelta(days=1)

CLOUD = Engine(engine_id="stt.cloud", locality=Locality.CLOUD, is_available=True)
UNPROVEN = Engine(
    engine_id="stt.unproven", locality=Locality.UNPROVEN, is_available=True
)
LOCAL = Engine(engine_id="stt.local", locality=Locality.LOCAL, is_available=True)
SECOND_LOCAL = Engine(
    engine_id="stt.second", locality=Locality.LOCAL, is_available=True
)
LOCAL_AWAY = Engine(engine_id="stt.away", locality=Locality.LOCAL, is_available=False)
CLOUD_AWAY = Engine(engine_id="stt.cloud", locality=Locality.CLOUD, is_available=False)


def origin(
    kind: OriginKind = OriginKind.SATELLITE, key: str | None = KITCHEN
) -> Origin:
    """Return a speaker."""
    return Origin(kind=kind, satellite_key=key)


def settings(**satellites: SatelliteSettings) -> Settings:
    """Return settings in which some satellites have choices of their own."""
    return Settings(satellites=satellites)


keeps = st.sampled_from(Keep)
"""Any choice at all, also one that cannot be made where it is put."""

final_keeps = st.sampled_from([k for k in Keep if k not in (Keep.DEFAULT, Keep.SAME)])
satellite_settings = st.builds(
    SatelliteSettings,
    dont_send_audio=st.booleans(),
    dont_send_text=st.booleans(),
    keep_recordings=keeps,
    keep_transcripts=keeps,
)
satellite_keys = st.sampled_from([OTHER_CLIENTS, KITCHEN, BEDROOM, "attic"])
any_settings = st.builds(
    Settings,
    satellites=st.dictionaries(satellite_keys, satellite_settings),
    keep_recordings=keeps,
    keep_transcripts=keeps,
    guest_mode=st.booleans(),
    lost=st.booleans(),
)
origins = st.builds(
    Origin,
    kind=st.sampled_from(OriginKind),
    satellite_key=st.none() | satellite_keys,
)
engines = st.builds(
    Engine,
    engine_id=st.sampled_from(["stt.a", "stt.b", "stt.c", "stt.d"]),
    locality=st.sampled_from(Locality),
    is_available=st.booleans(),
)
local_engines = st.lists(engines, max_size=4)
