"""Predictions that other tools made, or that a command of theirs makes."""
