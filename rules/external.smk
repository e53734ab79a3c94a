"""Predictions of other tools, by their own commands in their own environments."""

# A command finds the programs of this environment, such as its Python, where it has no other.
share_programs(ROOT / "scripts", *([Path(sys.executable).parent] if IN_THIS_ENVIRONMENT else []))


wildcard_constraints:
    tool=pattern_of(experiment.external.commands),


rule run_command:
    input:
        images="<results>/data/{dataset}/images",
    output:
        predictions=directory("<results>/external/{tool}/{dataset}"),
    log:
        "<logs>/run_command/{tool}_{dataset}.log",
    benchmark:
        "<benchmarks>/run_command/{tool}_{dataset}.tsv"
    conda:
        ask(experiment.external.environment, "tool")
    threads: 8
    resources:
        gpu=ask(experiment.external.gpus, "tool"),
    params:
        job=ask(experiment.parameters.run_command, "tool"),
    shell:
        "run_command.sh {params.job[command]:q} {input:q} {output:q} {log:q} {threads}"
