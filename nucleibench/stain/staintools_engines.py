"""Engines in which staintools does the work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import cv2
import numpy as np

from nucleibench.errors import needs_extra
from nucleibench.stain.colors import BLACK, ColorTable
from nucleibench.stain.findings import SINGLE_STAIN, StainFindings, count_found
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

    The pictures are those of staintools. An image is brought to Lab once, and each of the 256
    values of a channel is moved once. A channel that is constant has no deviation to match: such an
    image is returned as it was.
    """

    name: ClassVar[str] = "reinhard"
    luminosity_threshold: float = 0.8

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainFindings]:
        """See Engine."""
        return self._measure(image, cv2.cvtColor(image, cv2.COLOR_RGB2LAB))

    def recolor(
        self, image: np.ndarray, own: Mapping[str, list], reference: Mapping[str, list]
    ) -> np.ndarray:
        """See Engine."""
        return _match(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), own, reference)

    def transform(
        self, image: np.ndarray, reference: Mapping[str, list]
    ) -> tuple[np.ndarray, StainFindings]:
        """See Engine."""
        lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
        own, findings = self._measure(image, lab)
        if not findings.usable:
            return image.copy(), findings
        return _match(lab, own, reference), findings

    def _measure(self, image: np.ndarray, lab: np.ndarray) -> tuple[dict[str, list], StainFindings]:
        findings = self._look(image, lab)
        means, deviations = _lab_moments(lab)
        if findings.usable and deviations.min() == 0:
            findings = replace(findings, flag=SINGLE_STAIN)
        return {"means": means.tolist(), "deviations": deviations.tolist()}, findings

    def _look(self, image: np.ndarray, lab: np.ndarray) -> StainFindings:
        """Find what nucleibench.stain.findings.look finds, without a table of colours.

        To sort the colours would take longer than all the rest.
        """
        black = cv2.inRange(image, (0, 0, 0), (BLACK - 1,) * 3)
        levels = int((np.arange(256) / 255 < self.luminosity_threshold).sum())
        dark = cv2.inRange(lab, (0, 0, 0), (levels - 1, 255, 255))
        tissue = cv2.countNonZero(dark) - cv2.countNonZero(dark & black)
        return count_found(self.name, tissue, cv2.countNonZero(black), black.size)


def _scale(channels: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Bring float32 channels of Lab from 0..255 to CIE's range, in place, as staintools does."""
    lightness, green_red, blue_yellow = channels
    lightness /= 2.55
    green_red -= 128.0
    blue_yellow -= 128.0
    return [lightness, green_red, blue_yellow]


def _lab_moments(lab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the three channels, as staintools takes them."""
    channels = _scale([channel.astype(np.float32) for channel in cv2.split(lab)])
    moments = [np.ravel(cv2.meanStdDev(channel)) for channel in channels]
    means, deviations = np.array(moments).T
    return means, deviations


def _match(lab: np.ndarray, own: Mapping[str, list], reference: Mapping[str, list]) -> np.ndarray:
    """Return the RGB image of uint8 Lab with the mean and deviation of the reference."""
    values = np.array(_scale(list(np.tile(np.arange(256, dtype=np.float32), (3, 1)))), np.float64)
    mean, deviation, target, spread = (
        np.array(moments[kind])[:, None]
        for moments in (own, reference)
        for kind in ("means", "deviations")
    )
    lightness, green_red, blue_yellow = (values - mean) * (spread / deviation) + target
    moved = np.stack([lightness * 2.55, green_red + 128.0, blue_yellow + 128.0], axis=-1)
    table = np.clip(moved, 0, 255).astype(np.uint8)
    return cv2.cvtColor(cv2.LUT(lab, table[:, None]), cv2.COLOR_LAB2RGB)
