"""Images of one's own: reading, segmenting, writing results."""
