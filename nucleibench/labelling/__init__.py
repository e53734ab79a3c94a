"""From maps of probability to numbered nuclei."""
