"""The page of a run: one HTML file that shows what was run, what came out, and where it fails."""
