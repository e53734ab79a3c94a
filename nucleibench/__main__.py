"""The command ``nucleibench``, as ``python -m nucleibench``."""

import sys

from nucleibench.cli import main

sys.exit(main())
