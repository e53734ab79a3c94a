"""The colour normalisation engines, by name.

An engine's dataclass fields are its settings. Their defaults are the values of staintools: they
are part of each method as it was published and used.
"""

from typing import TYPE_CHECKING

from nucleibench.registry import Registry

if TYPE_CHECKING:  # the names must be known without numpy
    from nucleibench.stain.engine import Engine

ENGINES: "Registry[type[Engine]]" = Registry(
    "stain engine",
    {
        "vahadane": "nucleibench.stain.unmixing_engines:Vahadane",
        "vahadane_staintools": "nucleibench.stain.staintools_engines:VahadaneStaintools",
        "macenko": "nucleibench.stain.staintools_engines:Macenko",
        "reinhard": "nucleibench.stain.staintools_engines:Reinhard",
        "none": "nucleibench.stain.unchanged:Unchanged",
    },
)
