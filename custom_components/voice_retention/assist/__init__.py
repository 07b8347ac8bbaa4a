"""Touch Assist's internals; no other room does.

A new Home Assistant release that changes them should need changes here only.
"""
