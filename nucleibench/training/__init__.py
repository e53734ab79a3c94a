"""Losses, batches, training state and the training loop."""
