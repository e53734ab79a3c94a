"""Classical algorithms, which need no training."""
