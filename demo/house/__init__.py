"""A household of real parts: Home Assistant, satellites, a speech recogniser and a stand-in for the cloud.

The demonstration, the end-to-end tests and the benchmarks build their house from these parts. Nothing here knows
Voice Retention: what the integration does is looked at from outside, as its users would.
"""
