"""Describe a release to others: python -m nucleibench.report.describing FOLDER.

The workflow does it for each release. Do it again where weights or ``card.json`` were replaced.
"""

import sys
from pathlib import Path

from nucleibench.families.unet.release_card import CARD, read_members
from nucleibench.files import atomic_path, read_json
from nucleibench.report.bioimage_io import write_description
from nucleibench.report.licences import find_spdx
from nucleibench.report.model_card import write_card


def describe_release(folder: str | Path) -> None:
    """Write the model card and the descriptions for bioimage.io, from ``card.json``.

    Raises:
        DataError: the card is of an earlier version, or weights are not those of the card.
    """
    folder = Path(folder)
    members, facts = read_members(folder), read_json(folder / CARD)
    with atomic_path(folder / "README.md") as temporary:
        temporary.write_text(write_card(facts), encoding="utf-8")
    for member in members:
        write_description(folder, member, find_spdx(facts))


if __name__ == "__main__":
    describe_release(sys.argv[1])
