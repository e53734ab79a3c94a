"""Ensembles: the mean of the maps of several networks."""
