"""Mask R-CNN (He et al. 2017) on feature pyramids (Lin et al. 2017), in Keras operations only.

Boxes are float32 (top, left, bottom, right) in pixels of the tile, continuous: pixel i covers
i..i+1, so a box around a single pixel has side 1. A box of zero area is padding: every array has
a fixed shape, whatever the number of nuclei.
"""
