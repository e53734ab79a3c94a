"""Write the blocks of the networks of Figure 1, read from the networks themselves."""

from importlib import import_module

from nucleibench.compute.runtime import configure
from nucleibench.compute.settings import Computation
from nucleibench.experiment.jobs import logged

with logged(snakemake.log[0]):
    configure(Computation(), snakemake.threads, gpu=0, seed=0)
    from nucleibench.families.unet.description import write_blocks

    networks, stages = {}, {}
    for name, parts in snakemake.params.networks.items():
        family = import_module(parts["module"])
        settings = family.NETWORK.read(parts["settings"])
        networks[name], stages[name] = family.build_network(settings), parts["first_stage"]
    write_blocks(networks, stages, snakemake.params.size, snakemake.output[0])
