"""From label maps to numbers: overlaps, scores per image, summaries per method."""
