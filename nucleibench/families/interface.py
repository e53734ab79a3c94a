"""What the workflow asks of a method family.

A family is a folder (or an installed package) with

- settings of its networks, a class :class:`Network`, unless it trains nothing;
- settings of its methods, a class :class:`Method`: how a row of the tables is made;
- one module for each step, as far as it has it: ``network`` builds a network for Figure 1,
  ``train``, ``map_tiles``, ``predict`` and ``label`` do what their names say. A job imports the
  module of its own step and no other, and runs again when that changes.

``Family`` binds them together. docs/extend.md walks through one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

import numpy as np
from pydantic import Field

from nucleibench.compute.settings import Computation
from nucleibench.settings import Settings
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.settings import TrainingChanges, TrainingSettings

# A job trains again when a module changes that it imports: of labels it need not know.
if TYPE_CHECKING:
    from nucleibench.labelling.settings import Candidates, Inference

Colors = Literal["normalized", "original"]
Step = Literal["network", "train", "map_tiles", "predict", "label"]
# (key within the section, what is wrong with it)
Problem = tuple[str, str]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Network(Settings):
    """A network to train. Subclasses add what their family needs."""

    family: str
    """The method family, which says what else can be set."""
    seeds: tuple[Seed, ...] = ()
    """Train once from each: of the first weights, the order and the variation of tiles. Left out,
    the experiment's `seed` is taken. Several give a row each, and a table of mean and spread."""
    training: TrainingChanges = TrainingChanges()
    """Settings of `training` that this network has for itself."""

    tiles: ClassVar[Literal["plain", "augmented"]] = "augmented"
    """Tile store on which networks of this family train."""
    predictions: ClassVar[Literal["probabilities", "detections"]] = "probabilities"
    """Folder of the results in which their predictions lie."""
    environment: ClassVar[str] = "network"
    """Conda environment of training and prediction: a name in envs/, or the path of a file."""
    gpus: ClassVar[int] = 1
    """Accelerators that training and prediction ask for."""

    def first_weights(self) -> str | None:
        """Return the file below ``resources/`` that a training starts from, if any."""
        return None

    def sees(self) -> Colors:
        """Return in which colours the network sees images: the reference's, or their own."""
        return "normalized"

    def installed(self) -> str | None:
        """Return the folder of the release that takes the place of a training, if any."""
        return None

    def first_stage(self) -> tuple[str, ...]:
        """Return the networks whose maps this one takes as input."""
        return ()

    def deciding_weights(self) -> dict[str, Any]:
        """Return, as plain values, the settings that decide the trained weights."""
        return self.plain("seeds", "training")

    def deciding_predictions(self) -> dict[str, Any]:
        """Return, as plain values, the settings that decide the predictions of given weights."""
        return self.plain("seeds", "training")

    def check(
        self, networks: "Mapping[str, Network]", training: TrainingSettings
    ) -> Iterator[Problem]:
        """Yield what is wrong beside the other networks and under its ``training``."""
        yield from ()


class Method(Settings):
    """A row of the tables. Subclasses add what their family needs."""

    family: str = ""
    """The method family. Left out, it is that of the `network`, or `ensemble` where there are
    `networks`."""
    name: str = ""
    """Name in tables and figures. Left out, the key is taken."""
    short: str = ""
    """Name where the group is already named. Left out, the name is taken."""
    group: str = "Other methods"
    """Heading under which the row stands."""
    note: str = ""
    """Footnote of the row."""

    one_row: ClassVar[bool] = False
    """Whether all trainings of the networks make one row together, not a row each."""
    environment: ClassVar[str] = "data"
    """Conda environment in which labels are made: a name in envs/, or the path of a file."""
    threads: ClassVar[int] = 8
    """Processes that make labels."""

    def uses(self) -> tuple[str, ...]:
        """Return the networks whose predictions become labels; none where images do."""
        return ()

    def uses_seeds(self) -> tuple[int, ...]:
        """Return the seeds of the trainings that are used; all where empty."""
        return ()

    def uses_turns(self) -> int:
        """Return in how many ways a tile is laid before a network."""
        return 1

    def deciding_labels(self) -> dict[str, Any]:
        """Return, as plain values, the settings that decide the labels of given predictions."""
        return self.plain("name", "short", "group", "note")

    def given_predictions(self, dataset: str) -> str | None:
        """Return the folder of predictions of a dataset that are there before anything runs."""
        return None

    def saw_in_training(self) -> Mapping[str, Sequence[str]] | None:
        """Return the datasets and organs of images that it learned from, beside its networks.

        None stands for what nobody told.
        """
        return {"datasets": (), "organs": ()}

    def predicting_command(self) -> "Command | None":
        """Return the command that makes predictions, where no network does."""
        return None

    def environment_of_labels(self) -> str:
        """Return the conda environment in which these labels are made."""
        return self.environment

    def threads_of_labels(self) -> int:
        """Return the number of processes that make these labels."""
        return self.threads

    def check(self, networks: Mapping[str, Network]) -> Iterator[Problem]:
        """Yield what is wrong beside the networks."""
        yield from ()


@dataclass(frozen=True)
class Command:
    """A command that predicts all images of a dataset.

    Attributes:
        shell: for Bash, with the variables images, output, threads and root.
        words: of the command, ``{root}`` for the folder of the Snakefile; files among them count
            by content.
        environment: conda environment, a name in envs/ or the path of a file.
        gpus: accelerators that it asks for.
    """

    shell: str
    words: tuple[str, ...]
    environment: str
    gpus: int


@dataclass(frozen=True)
class Family:
    """A method family.

    Attributes:
        package: dotted name of its folder.
        method: settings of a row.
        network: settings of a network; None where nothing is trained.
        shared: step -> module of another family that does it for this one.
    """

    package: str
    method: type[Method]
    network: type[Network] | None = None
    shared: Mapping[Step, str] = field(default_factory=dict)

    def module(self, step: Step) -> str:
        """Return the dotted name of the module that does a step."""
        return self.shared.get(step, f"{self.package}.{step}")

    def has(self, step: Step) -> bool:
        """Tell whether there is a module that does a step."""
        return find_spec(self.module(step)) is not None


@dataclass(frozen=True)
class TrainingJob:
    """What ``train(job)`` of a family's module ``train`` gets.

    Attributes:
        name: of the training, for messages.
        network: settings, of the class that the module names ``NETWORK``.
        training: how to train.
        seed: of first weights, order and variation of tiles.
        tiles: folder of the tile store.
        first_weights: file to start from, or None.
        first_stage: maps of all tiles by the networks of the first stage, one file each.
        code: fingerprint of the code, which names the run beside the settings.
        states: folder of training states.
        files: what to write.
        tell: is told one line an epoch.
    """

    name: str
    network: Any
    training: TrainingSettings
    seed: int
    tiles: Path
    first_weights: Path | None
    first_stage: Sequence[Path]
    code: str
    states: Path
    files: ModelFiles
    tell: Callable[[str], None]


@dataclass(frozen=True)
class PredictionJob:
    """What ``predict(job)`` of a family's module ``predict`` gets.

    Attributes:
        network: settings, of the class that the module names ``NETWORK``.
        weights: trained weights.
        first_stage: settings (plain values) and weights of the networks of the first stage.
        turns: ways to lay a tile, averaged.
        computation: how to compute.
        inference: how to tile.
        tile_size: side of training tiles in pixels.
        images: ids.
        images_folder: ``{image}.png``, RGB.
        output: folder to write to.
    """

    network: Any
    weights: Path
    first_stage: Sequence[tuple[Mapping[str, Any], Path]]
    turns: int
    computation: Computation
    inference: "Inference"
    tile_size: int
    images: Sequence[str]
    images_folder: Path
    output: Path


@dataclass(frozen=True)
class MappingJob:
    """What ``map_tiles(job)`` of a family's module ``map_tiles`` gets: see :class:`PredictionJob`.

    Attributes:
        output: file to write, (tiles, size, size, maps) float16.
    """

    network: Any
    weights: Path
    computation: Computation
    batch_size: int
    tiles: Path
    output: Path


class Labels(Protocol):
    """A family's module ``label``.

    Only methods that use networks need ``list_candidates`` and ``read_setting``.
    """

    METHOD: type[Method]

    def list_candidates(self, method: Any, candidates: "Candidates") -> Sequence[Any]:
        """Return the settings (dataclasses) that validation images choose from."""

    def read_setting(self, path: Path) -> Any:
        """Read the setting that was chosen, from JSON."""

    def label_image(
        self, image: str, setting: Any, method: Any, sources: Sequence[Path]
    ) -> np.ndarray:
        """Return the labels int32 (height, width) of an image, at the networks' scale or its own.

        ``sources`` are the folders of predictions, or that of the normalised images where the
        method uses no network; ``setting`` is then None.
        """
