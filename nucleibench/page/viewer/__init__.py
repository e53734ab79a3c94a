"""The viewer of a run's page: image, true and predicted nuclei, and what differs, side by side."""
