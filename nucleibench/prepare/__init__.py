"""From normalised images to training tiles: positions, weight maps, augmentation, splits."""
