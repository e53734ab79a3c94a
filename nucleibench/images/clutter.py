"""Files that operating systems leave among images."""

from pathlib import PurePath

NAMES = ("thumbs.db", "ehthumbs.db", "desktop.ini")
FOLDER = "__MACOSX"


def is_clutter(path: str | PurePath) -> bool:
    """Tell whether a file is no one's image, such as ``._a.png`` or ``Thumbs.db``."""
    path = PurePath(path)
    return path.name.startswith(".") or path.name.lower() in NAMES or FOLDER in path.parts
