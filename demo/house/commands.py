"""What the household says: a closed list, so that a small recogniser gets every one right."""

COMMANDS = (
    "turn on the kitchen light",
    "turn off the kitchen light",
    "turn on the bedroom light",
    "turn off the bedroom light",
    "turn on the living room lamp",
    "turn off the living room lamp",
    "turn on the garden fountain",
    "turn off the garden fountain",
    "turn on the ceiling fan",
    "turn off the ceiling fan",
    "turn on the coffee machine",
    "turn off the coffee machine",
    "set a timer for twenty minutes",
    "cancel the timer",
    "what time is it",
    "what day is it today",
    "open the garage door",
    "close the garage door",
    "start the vacuum cleaner",
    "good night",
)
