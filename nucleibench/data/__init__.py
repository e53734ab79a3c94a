"""Archives in, canonical images out: download, MoNuSeg, TNBC, synthetic H&E and the image sheet."""
