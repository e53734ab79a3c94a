"""The machine: accelerators, devices, backend, and how networks are run on them."""
