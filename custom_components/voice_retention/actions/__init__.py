"""Carry out the actions: each module has those of one concern."""
