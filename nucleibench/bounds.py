"""Bounds of what can be chosen, and of what a file can state; nothing is imported for them."""

SMALLEST, LARGEST = 0.05, 5
"""Side of a pixel in micrometres. No slide is scanned beyond: 72, 96 or 300 dpi are a printer's."""

MOST_THREADS, MOST_TURNS = 1024, 8
