# What Home Assistant does at run time from 2026.11 on: voluptuous is another name for probatio.
from probatio import *
