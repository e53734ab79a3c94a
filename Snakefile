"""NucleiBench: train, run and compare nucleus segmentation with a held-out organ."""

from snakemake.utils import min_version

min_version("9.14")


# Beside this file, so that the workflow runs from any folder.
configfile: f"{workflow.basedir}/config.yaml"


include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/prepare.smk"
include: "rules/train.smk"
include: "rules/segment.smk"
include: "rules/evaluate.smk"
include: "rules/report.smk"


report: "report/workflow.rst"


rule all:
    default_target: True
    input:
        tables=expand("<results>/tables/table2_{dataset}.csv", dataset=config["datasets"]),
        mistakes=expand("<results>/tables/mistakes_{dataset}.csv", dataset=config["datasets"]),
        seeds=expand("<results>/tables/seeds_{dataset}.csv", dataset=repeated_datasets()),
        images_table="<results>/tables/table3.csv",
        figures=expand("<results>/figures/figure{number}.png", number=figures()),
        learning_curves=expand("<results>/models/{method}/history.png", method=TRAINED),
