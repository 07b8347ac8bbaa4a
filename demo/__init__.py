"""The demonstration: a household with Voice Retention, made of real parts."""
