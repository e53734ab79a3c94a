"""Colour normalisation: every image is brought to the stains of one reference image."""
