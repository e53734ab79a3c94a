"""Settings of colour normalisation."""

from typing import Annotated, Literal

from nucleibench.settings import OneOf, Settings
from nucleibench.stain.engines import ENGINES


class Normalization(Settings):
    """Colour normalisation: all images are brought to the stains of one reference image."""

    engine: Annotated[str, OneOf(ENGINES)] = "vahadane"
    """How colours are normalised. `vahadane` unmixes the stains; the same image always gives the
    same result. `vahadane_staintools` is the same method by the package staintools, which stops
    after one second, so that its results differ a little from run to run. `macenko` finds the
    stains in another way. `reinhard` matches mean and deviation of the colours and unmixes no
    stains. `none` leaves the colours as they are."""

    unit: Literal["image", "patient"] = "patient"
    """Which images are measured together. `patient`: all images of a patient, because they show
    one slide, stained once, and an image with few nuclei cannot show how strongly. `image`: each
    image by itself, as in the paper."""

    reference: str
    """The image to whose stains all others are brought. Either the name of an image of the training
    dataset, which is then not trained on; or a path, which must contain a slash (`./mine.png`),
    to an image file or to the `target.json` that an earlier run wrote to its folder
    `normalized`."""
