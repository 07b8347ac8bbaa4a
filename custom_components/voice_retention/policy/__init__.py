"""Decide what may be sent and kept; nothing here imports Home Assistant or does I/O."""
