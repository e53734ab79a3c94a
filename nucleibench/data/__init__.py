"""Archives in, canonical images out: formats, annotations, synthetic H&E and the image sheet."""
