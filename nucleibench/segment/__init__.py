"""From images to instance label maps."""
