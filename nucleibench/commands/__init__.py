"""The sub-commands of ``nucleibench``: a module each, which imports what it runs when it runs."""
