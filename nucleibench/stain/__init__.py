"""Colour normalisation: every image is brought to the stains of one target image."""
