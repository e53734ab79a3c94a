"""Predictions of any tool as rows of the tables."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from nucleibench.families.external.commands import check_command, list_words, write_for_shell
from nucleibench.families.interface import Command, Family, Method
from nucleibench.settings import Name, Settings, Size

Text = Annotated[str, Field(min_length=1)]


class Saw(Settings):
    """What a tool learned from."""

    datasets: tuple[Text, ...] = ()
    """Datasets with images that it was trained on."""
    organs: tuple[Text, ...] = ()
    """Organs of the images that it was trained on."""


class External(Method):
    """A row from the predictions of another tool: files that are there, or those of a command.

    A prediction is a file with the id of its image: a label map (`.tif`, `.png`, `.npy`, `.mat`) or
    outlines (`.geojson`, Aperio `.xml`, COCO `.json`) in pixels of the image.
    """

    predictions: Text | dict[Name, Text] | None = None
    """Folder of the predictions, with a folder for each dataset, or the folder of each dataset by
    its name. Paths are relative to where Snakemake runs."""
    command: Text | None = None
    """Command of Bash that makes the predictions of a dataset. `{images}` stands for the folder of
    its images (RGB, `{image}.png`), `{output}` for an empty folder to fill, `{threads}` for the
    number of threads, `{root}` for the folder of the Snakefile. It runs again when it changes, or a
    file that it names."""
    conda: Annotated[str, Field(pattern=r"\.ya?ml$")] | None = None
    """File of the conda environment of the command (with `--sdm conda` only). It can begin with
    `{root}`. Left out, it is `{root}/envs/data.yaml`."""
    gpus: Size = 0
    """Accelerators that the command asks for, as the resource `gpu` of its jobs."""
    saw: Saw | None = None
    """What the tool was trained on. Left out, it is unknown. A tool that was trained on nothing has
    an empty section: `saw: {}`."""

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if (self.predictions is None) == (self.command is None):
            raise ValueError("give either predictions, which are there, or a command")
        if self.command is None and (self.conda or self.gpus):
            raise ValueError("conda and gpus are those of a command, and there is none")
        if self.command:
            check_command(self.command)
        return self

    def given_predictions(self, dataset: str) -> str | None:
        """See Method."""
        if isinstance(self.predictions, str):
            return f"{self.predictions}/{dataset}"
        return (self.predictions or {}).get(dataset)

    def predicting_command(self) -> Command | None:
        """See Method."""
        if self.command is None:
            return None
        shell, words = write_for_shell(self.command), list_words(self.command)
        return Command(shell, words, self.conda or self.environment, self.gpus)

    def saw_in_training(self) -> Mapping[str, Sequence[str]] | None:
        """See Method."""
        return self.saw.plain() if self.saw else None

    def deciding_labels(self) -> dict[str, Any]:
        """Return nothing: predictions alone decide the labels."""
        return {}


FAMILY = Family("nucleibench.families.external", method=External)
