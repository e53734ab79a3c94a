"""The command ``nucleibench``."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import shtab

from nucleibench import __version__
from nucleibench.bounds import MOST_THREADS, MOST_TURNS
from nucleibench.commands.arguments import PIXEL_SIZES, number_within, read_numbers, some_path
from nucleibench.commands.check import add_check
from nucleibench.commands.evaluate import add_evaluate
from nucleibench.commands.output import held_output
from nucleibench.errors import PIP, ConfigurationError, NucleiBenchError

OUTPUTS = ("geojson", "geojson.gz", "csv", "parquet", "labels", "picture")
USUAL_OUTPUTS = ("geojson", "csv", "labels", "picture")
DESCRIPTION = (
    "Segment the nuclei of H&E images and slides. For each image, the command writes outlines for"
    " QuPath (GeoJSON), a table of nuclei, a label map, a picture, and a record of the settings."
    " Exit status: 0 if all images are done, 1 if some failed (each is named), 2 for wrong use."
)


def main(arguments: list[str] | None = None) -> int:
    """Run a sub-command.

    Returns:
        0 where all was done, 1 where some input failed and all others are done, 2 for wrong use.
    """
    with held_output():
        sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115 - it may have been closed
        return _run(build_parser().parse_args(arguments))


def _run(chosen: argparse.Namespace) -> int:
    try:
        return chosen.run(chosen)
    except NucleiBenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the messages has gone, such as `head`
        return 1
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else error
        print(f"Error: {said}; mend that, and give the same command again", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "interrupted; the same command goes on with the images that are left", file=sys.stderr
        )
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    parser = argparse.ArgumentParser(
        prog="nucleibench",
        description="Segment nuclei on H&E images and slides, and score what others segmented.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    shtab.add_argument_to(parser, "--print-completion", help="print the completion for a shell")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_segment(
        commands.add_parser(
            "segment",
            help="segment the nuclei of images and slides",
            description=DESCRIPTION,
        )
    )
    add_check(commands.add_parser("check", help="list what is in a dataset before it is used"))
    add_evaluate(commands.add_parser("evaluate", help="score predicted nuclei of any tool"))
    for command in commands.choices.values():
        _complete_paths(command)
    return parser


def _complete_paths(parser: argparse.ArgumentParser) -> None:
    """Let shells complete the paths among the arguments."""
    for action in parser._actions:  # argparse lists them nowhere else
        if action.type in (Path, some_path):
            action.complete = shtab.FILE  # type: ignore[attr-defined]


def _add_segment(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_segment)
    add = parser.add_argument
    add("images", type=some_path, nargs="+", help="images, slides, and folders of them")
    add("output", type=some_path, help="folder to write to")
    add("--model", type=some_path, help="folder of a release; default: the shipped networks")
    add(
        "--members",
        type=read_numbers,
        metavar="N[,N]",
        help="networks of the release to take, from 1; default: the mean of all",
    )
    add(
        "--outputs",
        type=lambda text: tuple(text.split(",")),
        default=USUAL_OUTPUTS,
        help=f"what to write, separated by commas, of {', '.join(OUTPUTS)};"
        f" default: {','.join(USUAL_OUTPUTS)}",
    )
    add("--simplified", action="store_true", help="outlines with fewer vertices")
    add("--overwrite", action="store_true", help="segment finished images again")
    _add_reading(add)
    add(
        "--threads",
        type=number_within(int, 1, MOST_THREADS),
        default=len(os.sched_getaffinity(0)),
        help="processor threads; default: all processors",
    )
    add("--gpu", type=number_within(int, 0, 64), default=0, help="number of GPUs; default: 0")


def _add_reading(add: Callable[..., argparse.Action]) -> None:
    """Add what says how images are seen."""
    add(
        "--pixel-size",
        type=PIXEL_SIZES,
        metavar="UM",
        help="side of a pixel in micrometres: 0.25 at 40x, 0.5 at 20x; default: as the file states",
    )
    add(
        "--tissue",
        choices=("find", "none"),
        default="find",
        help="none segments glass, ink and borders as well; default: find",
    )
    add(
        "--turns",
        type=number_within(int, 1, MOST_TURNS),
        help="orientations of each tile, whose maps are averaged; 1 is fastest",
    )
    add(
        "--one-slide",
        action="store_true",
        help="the images are fields of one slide: measure their stains together",
    )


def _segment(chosen: argparse.Namespace) -> int:
    """Segment, and say where the results are."""
    for place in chosen.images:
        if not os.path.exists(place):
            raise NucleiBenchError(f"{place} does not exist; give images, slides or folders")
    _check_gpus(chosen.gpu)
    from nucleibench.slides.options import Options
    from nucleibench.slides.planning import find_release, plan_batch

    options = Options(
        pixel_size=chosen.pixel_size,
        tissue="all" if chosen.tissue == "none" else "find",
        turns=chosen.turns,
        one_slide=chosen.one_slide,
        simplified=chosen.simplified,
        threads=chosen.threads,
    )
    release = find_release(chosen.model, chosen.members)
    batch = plan_batch(
        chosen.images,
        chosen.output,
        chosen.outputs,
        release,
        options,
        chosen.overwrite,
        chosen.gpu,
        tell=_tell,
    )
    from nucleibench.slides.batch import segment_batch
    from nucleibench.slides.trained_network import needs_keras

    if needs_keras(release, chosen.gpu):
        _prepare_keras(chosen.threads, chosen.gpu)
    records, failed = segment_batch(batch, _tell, _Progress().show)
    nuclei = sum(int(record.counts["nuclei"] or 0) for record in records)
    images = "1 image" if len(records) == 1 else f"{len(records)} images"
    missing = f", {failed} failed" if failed else ""
    _tell(f"{nuclei} nuclei in {images}{missing}: {chosen.output}/summary.csv")
    return 1 if failed else 0


def _prepare_keras(threads: int, gpu: int) -> None:
    from nucleibench.compute.quiet import held_back
    from nucleibench.compute.runtime import configure
    from nucleibench.compute.settings import Computation

    with held_back() as tell_waiting:
        configure(Computation(), threads, gpu, 0, lambda line: None, tell_waiting)
        from nucleibench.compute.devices import accelerator_count

        found = accelerator_count() if gpu else 0
    if found < gpu:
        raise ConfigurationError(
            f"--gpu {gpu}: TensorFlow can use {found} GPUs here; install its libraries of NVIDIA "
            f"({PIP.format('gpu')}), or leave --gpu out: processors compute"
        )


def _check_gpus(asked: int) -> None:
    """Raise ConfigurationError where fewer GPUs are visible; no network library is loaded."""
    from nucleibench.compute.accelerators import visible_accelerators

    if not asked or find_spec("keras") is None:  # which is told when the network is known
        return
    if len(visible := visible_accelerators()) < asked:
        raise ConfigurationError(
            f"--gpu {asked}: {len(visible)} NVIDIA GPUs are visible here (nvidia-smi and "
            "CUDA_VISIBLE_DEVICES say which); give as many, or leave --gpu out: processors compute"
        )


def _tell(text: str) -> None:
    line = " ".join(text.splitlines())  # names of files and words of decoders may have several
    print(f"\r\033[K{line}" if sys.stderr.isatty() else line, file=sys.stderr, flush=True)


class _Progress:
    """Shows how far an image is, and the time left."""

    def __init__(self) -> None:
        self._name, self._began, self._shown = "", 0.0, 0.0

    def show(self, name: str, done: int, total: int) -> None:
        """Show the tiles done of all, at most once a second on a terminal."""
        now = time.monotonic()
        if name != self._name:
            self._name, self._began = name, now
        if not sys.stderr.isatty() or (now - self._shown < 1 and done < total):
            return
        self._shown = now
        left = (now - self._began) * (total - done) / done if done else 0
        share = done / total if total else 1
        print(
            f"\r\033[K{name}: {share:.0%}, {left:.0f} s left", end="", file=sys.stderr, flush=True
        )
