"""Offer language models what can be asked about a voice, at the satellite where they are spoken to."""
