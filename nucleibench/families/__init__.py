"""Method families: one folder each, known to the workflow by ``interface.py`` alone."""
