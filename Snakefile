"""NucleiBench: train, run and compare nucleus segmentation with a held-out organ."""

from snakemake.utils import min_version

min_version("9.14")


include: "rules/configuration.smk"
include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/prepare.smk"
include: "rules/train.smk"
include: "rules/external.smk"
include: "rules/segment.smk"
include: "rules/evaluate.smk"
include: "rules/report.smk"
include: "rules/segment_slides.smk"
include: "rules/hold_out.smk"


report: "report/workflow.rst"


onstart:
    start(workflow.touch)


if workflow.modifier.is_module and workflow.is_main_process:
    # Snakemake never runs the `onstart` of an imported workflow.
    start(touched=False)


rule all:
    default_target: True
    input:
        tables=expand("<results>/tables/table2_{dataset}.csv", dataset=DATASETS),
        mistakes=expand("<results>/tables/mistakes_{dataset}.csv", dataset=DATASETS),
        groups=expand("<results>/tables/by_organ_{dataset}.csv", dataset=DATASETS),
        saw="<results>/tables/saw.csv",
        comparisons=expand("<results>/tables/comparisons_{dataset}.csv", dataset=COMPARED_ON),
        seeds=expand("<results>/tables/seeds_{dataset}.csv", dataset=REPEATED_ON),
        images_table="<results>/tables/table3.csv",
        hold_out=expand("<results>/{file}", file=HELD_OUT),
        slides=experiment.slides.summary,
        figures=expand("<results>/figures/figure{number}.png", number=experiment.figures),
        learning_curves=expand(
            "<results>/models/{training}/history.png", training=experiment.trained
        ),


# It asks for all that the rule above asks for.
include: "rules/page.smk"
