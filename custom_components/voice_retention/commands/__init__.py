"""Obey what people say about their voice, at the satellite where they say it."""
