"""Classical algorithms as rows of the tables."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializeAsAny,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from nucleibench.families.classical.algorithms import ALGORITHMS, Algorithm
from nucleibench.families.interface import Family, Method
from nucleibench.settings import OneOf, Settings


class Classical(Method):
    """A row from an algorithm that needs no training."""

    algorithm: Annotated[str, OneOf(ALGORITHMS)]
    """Which classical algorithm. `fiji` returns ImageJ's pixels without Java. `imagej` is ImageJ
    itself, which has to be installed."""
    settings: Annotated[
        SerializeAsAny[Algorithm],
        Field(default={}, validate_default=True),
        WithJsonSchema({"type": "object"}),
    ]
    """The settings of the algorithm. What is left out has the algorithm's default."""

    @field_validator("settings", mode="before")
    @classmethod
    def _read_settings(cls, settings: Any, info: ValidationInfo) -> Algorithm:
        if "algorithm" not in info.data:  # it is wrong, which is reported already
            return Algorithm()
        return ALGORITHMS[info.data["algorithm"]].read(settings)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """List the settings of each algorithm."""
        described = handler.resolve_ref_schema(handler(schema))
        described["allOf"] = [
            {
                "if": {"required": ["algorithm"], "properties": {"algorithm": {"const": name}}},
                "then": {"properties": {"settings": handler(algorithm.__pydantic_core_schema__)}},
            }
            for name, algorithm in ALGORITHMS.items()
        ]
        return described

    @classmethod
    def sections(cls, section: Mapping[str, Any]) -> dict[str, type[Settings]]:
        """See Settings: the algorithm has its own."""
        name = str(section.get("algorithm"))
        if name not in ALGORITHMS:
            return {"settings": Algorithm}
        return {"settings": ALGORITHMS[name]}

    def deciding_labels(self) -> dict[str, Any]:
        """See Method."""
        return self.model_dump(mode="json", include={"algorithm", "settings"})

    def environment_of_labels(self) -> str:
        """See Method."""
        return self.settings.environment

    def threads_of_labels(self) -> int:
        """See Method."""
        return min(self.threads, self.settings.max_workers or self.threads)


FAMILY = Family("nucleibench.families.classical", method=Classical)
