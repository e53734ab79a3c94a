"""The experiment: its configuration, what its jobs need, and when they must run again."""
