"""What jobs that segment slides of one's own need, as the rules of the workflow ask."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.label_plan import RELEASED, LabelPlan
from nucleibench.experiment.settings import Configuration
from nucleibench.families.unet.release_card import (
    CARD,
    choose_members,
    join_digests,
    list_files,
    read_members,
)
from nucleibench.slides.cohort import Slide, find_slides
from nucleibench.slides.record import OUTLINES, OUTPUTS, RECORD, TABLES
from nucleibench.slides.settings import Slides


class SlidePlan:
    """Slides by name, and the network that segments them."""

    def __init__(
        self, configuration: Configuration, labels: LabelPlan, root: Path, code: Callable[..., str]
    ) -> None:
        """Take a checked configuration, its rows, where releases lie, and fingerprints."""
        self.configuration, self.labels, self.root, self.code = configuration, labels, root, code
        self.settings = configuration.slides or Slides(images="-")
        self._left_out: list[str] = []

    @cached_property
    def slides(self) -> dict[str, Slide]:
        """Slides by name.

        Raises:
            ConfigurationError: they cannot be found.
        """
        if self.configuration.slides is None:
            return {}
        results = Path(self.configuration.results) / "slides"
        found = find_slides(self.settings.images, results, self._left_out.append)
        return {slide.name: slide for slide in found}

    @property
    def left_out(self) -> list[str]:
        """Lines for the user on files beside the slides."""
        return self._left_out if self.slides else []

    @property
    def summary(self) -> list[str]:
        """The table of all slides, if there are any."""
        return ["<results>/slides/summary.csv"] if self.configuration.slides else []

    @property
    def records(self) -> list[str]:
        """The records of all slides."""
        return [f"<results>/slides/{name}{OUTPUTS[RECORD].suffix}" for name in self.slides]

    @property
    def patients(self) -> list[dict[str, str]]:
        """Each slide and its patient, in the order of the records."""
        return [{"slide": slide.name, "patient": slide.patient} for slide in self.slides.values()]

    @property
    def pages(self) -> list[str]:
        """The pages of all slides; none where no table is written, of which they are made."""
        has_table = any(kind in TABLES for kind in self._kinds)
        return [f"<results>/slides/{name}.html" for name in self.slides if has_table]

    def page_inputs(self, slide: str) -> dict[str, Any]:
        """Return the file of a slide, its record, and the results that its page shows."""
        shown = [kind for kind in self._kinds if kind in (*TABLES, *OUTLINES)]
        record, *results = (
            f"<results>/slides/{slide}{OUTPUTS[k].suffix}" for k in (RECORD, *shown)
        )
        return {"slide": str(self.slides[slide].path), "record": record, "nuclei": results}

    @property
    def suffixes(self) -> list[str]:
        """What the names of a slide's results end in."""
        return [OUTPUTS[kind].suffix for kind in self._kinds]

    @property
    def cacheable(self) -> bool:
        """Whether all that a job reads is files, whose content Snakemake's cache compares."""
        return self.configuration.slides is not None and not self._release().startswith("<")

    def inputs(self, slide: str) -> dict[str, Any]:
        """Return the file of a slide, and the files of a given release, or the folder of one."""
        release = self._release()
        given = not release.startswith("<")
        files = [f"{release}/{name}" for name in list_files(Path(release))] if given else [release]
        return {"slide": str(self.slides[slide].path), "network": files}

    def parameters(self, slide: str) -> dict[str, Any]:
        """Return what decides the results of a slide, beside what its job reads."""
        return {
            "slide": slide,
            "options": {
                **self.settings.plain("images", "network", "members", "outputs", "threads", "gpus"),
                "pixel_size": self.slides[slide].pixel_size,
            },
            "members": self.settings.members,
            "outputs": self._kinds,
            "network": self._digest(),
            "code": self.code("segment_slide"),
        }

    def check_files(self) -> None:
        """Raise ConfigurationError where slides or the network cannot be found."""
        if self.slides:
            self._digest()

    @property
    def _kinds(self) -> list[str]:
        return [kind for kind in OUTPUTS if kind in self.settings.outputs or kind == RECORD]

    def _release(self) -> str:
        """Return the folder of the release: given, or made by this experiment."""
        name = self.settings.network
        if name not in self.configuration.networks:
            made = name in self.labels.rows
            return f"<results>/releases/{name}" if made else str(self.root / name)
        if installed := self.configuration.networks[name].installed():
            return str(self.root / installed)
        return f"<results>/releases/{self._row_of(name)}"

    def _row_of(self, network: str) -> str:
        """Return the first row that a network makes alone: its setting is released with it."""
        if self.configuration.networks[network].family != RELEASED:
            raise ConfigurationError(
                f"slides.network: {network} is no U-Net, and only these segment slides; choose one"
            )
        for row in self.labels.rows.values():
            if [prediction.training.network for prediction in row.predictions] == [network]:
                return row.name
        raise ConfigurationError(
            f"slides.network: no method uses {network} alone, and so nothing says how its maps"
            f" become nuclei; add one: methods: {{{network}: {{network: {network}}}}}"
        )

    def _digest(self) -> str | None:
        """Return the SHA-256 of the weights of a release that is given."""
        if (folder := self._release()).startswith("<"):
            return None
        if not (card := Path(folder) / CARD).is_file():
            known = ", ".join(self.configuration.networks)
            raise ConfigurationError(
                f"slides.network: {self.settings.network} is none of the networks ({known}), nor a"
                f" method, nor is there a file {card}; name one of them, or the folder of a"
                " release, relative to the Snakefile"
            )
        members = choose_members(read_members(card.parent), self.settings.members, card.parent)
        return join_digests([member["sha256"] for member in members])
