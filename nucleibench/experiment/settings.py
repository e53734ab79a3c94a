"""The whole configuration: every section, with its type, bounds, default and meaning."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from nucleibench.data.settings import Dataset
from nucleibench.families.interface import Method, Network, Seed
from nucleibench.labelling.settings import Candidates, Inference
from nucleibench.prepare.settings import Augmentation, Tiles, Validation, WeightMap
from nucleibench.settings import Name, Settings
from nucleibench.slides.settings import Slides
from nucleibench.stain.settings import Normalization
from nucleibench.training.settings import TrainingSettings

Text = Annotated[str, Field(min_length=1)]


def _check_organs(value: Any) -> Any:
    """Say in one sentence what is wrong, as of two types each would be named."""
    if not isinstance(value, (str, list, tuple)):
        raise ValueError(f"{value!r} is not text or a list")
    for organ in [value] if isinstance(value, str) else value:
        if not isinstance(organ, str):
            raise ValueError(f"{organ!r} is not text")
        if not organ:
            raise ValueError("must not be empty")
    return value if isinstance(value, str) else tuple(value)


Organs = Annotated[Text | tuple[Text, ...], BeforeValidator(_check_organs)]


class Comparisons(Settings):
    """Which rows the tables of comparisons compare, named before the results are known."""

    reference: Text | None = None
    """Method that the others are compared with; of several seeds the first. Left out, it is the row
    with the highest mean AJI. As these scores choose it, p is then corrected for all pairs."""
    rows: tuple[str, ...] = ()
    """Methods that are compared with it. Left out, all are."""


class Sections(Settings):
    """Everything in a configuration but `networks` and `methods`, which families describe."""

    results: Text
    """Folder of all output, relative to where Snakemake runs."""
    seed: Seed = 2021
    """The one seed from which every random choice is derived."""
    test_organ: Text = "breast"
    """Organ that is held out. Its images test, those of all other organs train."""
    hold_out: Organs = ()
    """Organs of the training dataset that are held out beside the test organ, one at a time: `each`
    of them, one, or a list. For each of them all networks are trained once more, without it, and
    `tables/hold_out` compares the organs. All other tables are of the test organ alone."""
    training_dataset: Text
    """Dataset whose images of other organs train the networks."""
    datasets: Annotated[dict[Name, Dataset], Field(min_length=1)]
    """Datasets by name. `null` in place of a dataset, or of one of its archives, leaves it out."""
    normalization: Normalization
    """Colour normalisation."""
    tiles: Tiles = Tiles()
    """Training tiles."""
    augmentation: Augmentation = Augmentation()
    """Random warps of training tiles."""
    weight_map: WeightMap = WeightMap()
    """Weights of the cross-entropy."""
    validation: Validation = Validation()
    """The training images that decide when to stop and which setting to take."""
    inference: Inference = Inference()
    """Predicting whole images tile by tile."""
    candidates: Candidates = Candidates()
    """Settings that turn maps into nuclei, for validation images to choose from."""
    tensorflow_environment: Literal["gpu", "cpu"] = "gpu"
    """Conda environment of the networks (with `--sdm conda` only). `cpu` is the one without
    NVIDIA's libraries. Whether a job uses a GPU is decided by `--resources gpu=...`."""
    container: Text | None = None
    """Image that jobs run in, with `--sdm apptainer`: a `.sif` file, or an address such as
    `docker://...`. Left out, they run without one."""
    training: TrainingSettings = TrainingSettings()
    """How networks are trained. The `training` of a network changes single settings."""
    compare: Annotated[tuple[str, ...], Field(min_length=1)]
    """Methods that become rows of the tables, in their order."""
    figure_3_methods: tuple[str, ...] = ()
    """Methods drawn in Figure 3, those of them that are compared. Left out, the first five are."""
    comparisons: Comparisons = Comparisons()
    """Which rows the tables of comparisons compare. Fewer comparisons, named before the results are
    known, show smaller differences."""
    slides: Slides | None = None
    """Slides of one's own to segment beside the experiment. Left out, there are none."""


class Configuration(Sections):
    """A checked configuration."""

    networks: dict[Name, Network] = Field(default={})
    """Networks to train, by name. What can be set depends on the `family`."""
    methods: dict[Name, Method]
    """Methods by name: each makes a row of the tables, of a network, of several, or of none."""
