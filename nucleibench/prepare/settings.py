"""How images become what networks are trained on."""

from typing import Annotated, Literal

from pydantic import Field

from nucleibench.settings import Count, Fraction, Settings

Overlap = Annotated[float, Field(ge=0, lt=1)]
TileSize = Annotated[int, Field(ge=32, multiple_of=32)]


class Tiles(Settings):
    """Training tiles."""

    size: TileSize = 256
    """Side of a tile in pixels."""
    overlap: Overlap = 0.1
    """Overlap of neighbouring tiles, as a fraction of a tile."""
    variants: Count = 12
    """Copies of each tile that U-Nets see. The first is untouched, the others are augmented."""


class Augmentation(Settings):
    """Ranges of the random warps of a tile. Each is drawn within plus or minus its value."""

    probability: Fraction = 0.5
    """Of applying each warp."""
    rotation: Annotated[float, Field(ge=0, le=180)] = 180.0
    """Degrees."""
    shear: Annotated[float, Field(ge=0, le=45)] = 10.0
    """Degrees."""
    skew: Annotated[float, Field(ge=0, le=0.4)] = 0.1
    """Perspective, as the change of scale from the centre of a tile to its edge."""
    distortion: Annotated[float, Field(ge=0)] = 6.0
    """Displacement of the elastic grid in pixels."""
    scale: Fraction = 0.0
    """Largest enlargement or reduction, as a share: 0.25 draws from 1/1.25 to 1.25."""
    flip: bool = True
    """Mirror half of the warped tiles."""


class WeightMap(Settings):
    """Weights of the cross-entropy (Ronneberger et al. 2015, Eq. 2)."""

    w0: Annotated[float, Field(ge=0)] = 10.0
    """Weight of the gap between two touching nuclei."""
    sigma: Annotated[float, Field(gt=0)] = 5.0
    """Width of that gap in pixels."""


class Validation(Settings):
    """The training images that decide when to stop and which setting to take."""

    fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Of the training images."""
    unit: Literal["image", "hospital", "tile"] = "image"
    """`image` keeps every tile of a validation image out of training. `hospital` keeps out all
    images of its hospital (the site in a TCGA barcode), as another hospital has another stain.
    `tile` draws single augmented tiles, as the paper did, so that copies of a validation tile are
    trained on."""


class Variation(Settings):
    """Changes of training tiles that are drawn anew in every epoch."""

    rotate_flip: bool = False
    """Turn by multiples of 90 degrees, and mirror."""
    concentration: Fraction = 0.0
    """Change of the amount of each stain, as a share."""
    angle: Annotated[float, Field(ge=0, le=45)] = 0.0
    """Turn of each stain vector in optical density, in degrees."""
    brightness: Annotated[float, Field(ge=0)] = 0.0
    """Change of the optical density of each channel."""
    blur: Annotated[float, Field(ge=0)] = 0.0
    """Largest sigma of a Gaussian filter in pixels."""
