"""How networks are trained."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from nucleibench.compute.settings import Computation
from nucleibench.settings import Count, Settings


class TrainingSettings(Computation):
    """How a network is trained, whatever its family."""

    batch_size: Count = 4
    """Tiles in a batch."""
    learning_rate: Annotated[float, Field(gt=0)] = 0.0001
    """Step size of the optimizer."""
    schedule: Literal["constant", "cosine"] = "constant"
    """Of the learning rate. `cosine` lets it fall to 0 over `max_epochs`, which suits trainings of
    a set length. Mask R-CNN takes `constant` alone; see its `descent.drop_epochs`."""
    batch_norm_momentum: Annotated[float, Field(ge=0, lt=1)] = 0.99
    """How slowly the batch normalisation of U-Nets follows the batches. A training of few steps
    needs less than Keras' 0.99, or it predicts with statistics that it never reached."""
    max_epochs: Count = 100
    """The training ends here at the latest."""
    patience: Count = 10
    """The training has converged after so many epochs without improvement."""
    min_change: Annotated[float, Field(ge=0)] = 0.0001
    """A smaller fall of the validation loss is no improvement."""
    keep: Literal["best", "last"] = "best"
    """Which weights are kept: those of the epoch with the lowest validation loss, or of the last
    epoch, which is then `max_epochs`. Take `last` where too few images validate to choose."""

    def changed(self, changes: "TrainingChanges") -> "TrainingSettings":
        """Return these settings with single ones replaced."""
        return self.model_copy(update=changes.model_dump(exclude_none=True))

    def computation(self) -> Computation:
        """Return what counts where a trained network is used."""
        return Computation(**self.model_dump(include=set(Computation.model_fields)))


class _Changes(Settings):
    """Settings of `training` that a network has for itself. The others stay as they are there."""


def _optional(field: FieldInfo) -> tuple[Any, None]:
    """Return the type of a field that may be left out, and None, its default."""
    return Annotated[field.rebuild_annotation() | None, Field(description=field.description)], None


if TYPE_CHECKING:
    TrainingChanges = _Changes
else:
    TrainingChanges = create_model(
        "TrainingChanges",
        __base__=_Changes,
        __doc__=_Changes.__doc__,
        **{name: _optional(field) for name, field in TrainingSettings.model_fields.items()},
    )
