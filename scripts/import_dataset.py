"""Turn the archives of a dataset into images, instance label maps and a sheet."""

from nucleibench.data.importing import check_local_archives, import_dataset, warnings_told
from nucleibench.data.settings import Dataset
from nucleibench.experiment.jobs import logged

parameters = snakemake.params.job
with logged(snakemake.log[0]) as tell, warnings_told(tell):
    dataset = Dataset.read(parameters["dataset"])
    check_local_archives(dataset)
    import_dataset(
        snakemake.wildcards.dataset,
        dataset,
        dict(zip(dataset.archives, snakemake.input.archives, strict=True)),
        folder=snakemake.output.sheet.removesuffix("/images.csv"),
        test_organ=parameters["test_organ"],
        reference_image=parameters["reference_image"],
        workers=snakemake.threads,
    )
