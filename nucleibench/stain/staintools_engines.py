"""Engines in which staintools does the work."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from nucleibench.errors import needs_extra
from nucleibench.stain.colors import ColorTable
from nucleibench.stain.findings import SINGLE_STAIN, StainFindings, look
from nucleibench.stain.unmixing import weighted_percentile
from nucleibench.stain.unmixing_engines import UnmixingEngine

with needs_extra("staintools"):
    import staintools
    from staintools.stain_extraction.vahadane_stain_extractor import VahadaneStainExtractor


@dataclass(frozen=True)
class Macenko(UnmixingEngine):
    """Macenko et al. 2009, with the stain vectors of staintools, found once per distinct colour."""

    name: ClassVar[str] = "macenko"
    luminosity_threshold: float = 0.8
    angular_percentile: float = 99
    concentration_regularizer: float = 0.01
    percentile: float = 99

    def _find_stains(self, image: np.ndarray, table: ColorTable) -> np.ndarray:
        dark = table.select(table.is_dark(self.luminosity_threshold))
        axes = _main_axes(dark)
        angles = np.arctan2(*np.einsum("ac,cn->an", axes[::-1], dark.densities))
        ends = np.array(
            [
                weighted_percentile(angles, dark.counts, percent)
                for percent in (100 - self.angular_percentile, self.angular_percentile)
            ]
        )
        stains = np.stack([np.cos(ends), np.sin(ends)], axis=1) @ axes
        stains = stains[np.argsort(-stains[:, 0], kind="stable")]
        return stains / np.linalg.norm(stains, axis=1, keepdims=True)


def _main_axes(table: ColorTable) -> np.ndarray:
    """Return the two axes along which densities vary most, unit vectors (2, 3) with red above 0."""
    # Not by a matrix product, whose last bits may change with the number of threads.
    shares = table.counts / table.pixels
    centred = table.densities - (table.densities * shares).sum(axis=1, keepdims=True)
    covariance = np.einsum("an,bn->ab", centred * shares, centred)
    axes = np.linalg.eigh(covariance)[1].T[[2, 1]]
    return np.where(axes[:, :1] < 0, -axes, axes)


@dataclass(frozen=True)
class VahadaneStaintools(UnmixingEngine):
    """Vahadane et al. 2016 by staintools itself, which stops by the clock.

    Its dictionary learning runs for one second, so its pictures differ a little from run to run.
    Its settings are fixed; they stand here for the findings.
    """

    name: ClassVar[str] = "vahadane_staintools"
    luminosity_threshold: ClassVar[float] = 0.8  # type: ignore[misc]
    concentration_regularizer: ClassVar[float] = 0.01  # type: ignore[misc]
    percentile: ClassVar[float] = 99  # type: ignore[misc]

    def _find_stains(self, image: np.ndarray, table: ColorTable) -> np.ndarray:
        # Where it finds only one stain it divides by zero; the caller asks whether all is finite.
        with np.errstate(invalid="ignore"):
            return VahadaneStainExtractor.get_stain_matrix(image.copy())

    def transform(
        self, image: np.ndarray, reference: Mapping[str, list]
    ) -> tuple[np.ndarray, StainFindings]:
        """See Engine; where the image is whole, staintools does this part too."""
        own, findings = self.fit(image)
        if not findings.usable:
            return image.copy(), findings
        normalizer = staintools.StainNormalizer(method="vahadane")
        normalizer.extractor = _Known(np.array(own["stain_matrix"]))
        normalizer.stain_matrix_target = np.array(reference["stain_matrix"])
        normalizer.maxC_target = np.array([reference["maximum_concentrations"]])
        return normalizer.transform(image.copy()), findings


@dataclass(frozen=True)
class _Known:
    """A staintools extractor that knows the answer, so that it is learned once an image."""

    stain_matrix: np.ndarray

    def get_stain_matrix(self, image: np.ndarray) -> np.ndarray:
        return self.stain_matrix


@dataclass(frozen=True)
class Reinhard:
    """Reinhard et al. 2001: matches mean and deviation of the CIE Lab channels.

    A channel that is constant has no deviation to match: such an image is returned as it was.
    """

    name: ClassVar[str] = "reinhard"
    luminosity_threshold: float = 0.8

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainFindings]:
        """See Engine."""
        means, deviations = _lab_moments(image)
        findings = self._look(image)
        if findings.usable and deviations.min() == 0:
            findings = replace(findings, flag=SINGLE_STAIN)
        return {"means": means.tolist(), "deviations": deviations.tolist()}, findings

    def recolor(
        self, image: np.ndarray, own: Mapping[str, list], reference: Mapping[str, list]
    ) -> np.ndarray:
        """See Engine."""
        normalizer = staintools.ReinhardColorNormalizer()
        normalizer.target_means = reference["means"]
        normalizer.target_stds = reference["deviations"]
        # It would measure the image itself, which may be a part.
        moments = np.array(own["means"]), np.array(own["deviations"])
        normalizer.get_mean_std = lambda _: moments
        return normalizer.transform(image)

    def transform(
        self, image: np.ndarray, reference: Mapping[str, list]
    ) -> tuple[np.ndarray, StainFindings]:
        """See Engine."""
        own, findings = self.fit(image)
        if not findings.usable:
            return image.copy(), findings
        return self.recolor(image, own, reference), findings

    def _look(self, image: np.ndarray) -> StainFindings:
        # Each pixel counts as a colour: to sort them would take longer than all the rest.
        pixels = ColorTable(image.reshape(-1, 3), np.ones(image.size // 3, np.int64))
        return look(self.name, pixels, self.luminosity_threshold)


def _lab_moments(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the three Lab channels, as staintools takes them."""
    means, deviations = staintools.ReinhardColorNormalizer().get_mean_std(image)
    return np.ravel(means), np.ravel(deviations)
