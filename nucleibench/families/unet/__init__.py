"""U-Nets with any encoder (Ronneberger et al. 2015)."""
