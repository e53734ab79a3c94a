"""The page of a slide: an overview, the distributions of features, and a picture that enlarges."""
