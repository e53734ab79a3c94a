"""Dark discs as nuclei: a method family for NucleiBench."""
