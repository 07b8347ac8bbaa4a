"""Measurements of what the guard costs, in a real Home Assistant."""
