"""GB U-Net: a second network on the image and the maps of others (Lagree et al. 2021)."""
