"""What is printed goes to a full disk, to nobody, or to a terminal without all letters."""

import os
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-c", "import sys, nucleibench.cli as cli; sys.exit(cli.main())"]
PRINTING = {
    "version": ["--version"],
    "help": ["--help"],
    "help of a command": ["segment", "--help"],
    "completion": ["--print-completion", "bash"],
}


def run(arguments, unbuffered="", **options):
    """Run the command; Python tells errors of writing at other times where it is unbuffered."""
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    return subprocess.run(
        [*COMMAND, *arguments], env=environment, stderr=subprocess.PIPE, text=True, **options
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="NO FULL DISK: /dev/full is Linux's")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("kind", PRINTING)
def test_a_full_disk_is_told_in_one_line(kind, unbuffered):
    with open("/dev/full", "w") as full:
        result = run(PRINTING[kind], unbuffered, stdout=full)
    assert (result.returncode, result.stderr) == (
        1,
        "Error: standard output cannot be written (No space left on device); make room, or write "
        "to another place\n",
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("kind", PRINTING)
def test_a_pipe_that_nobody_reads_ends_quietly(kind, unbuffered):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as pipe:
        result = run(PRINTING[kind], unbuffered, stdout=pipe)
    assert (result.returncode, result.stderr) == (1, "")


def test_closed_output_takes_nothing():
    result = run(["--version"], preexec_fn=lambda: os.close(1))
    assert (result.returncode, result.stderr) == (0, "")


def test_messages_do_not_need_the_output(tmp_path):
    """Wrong use prints nothing, so that nothing is said of a disk that is full."""
    with open("/dev/full", "w") as full:
        result = run(["segment", str(tmp_path / "no"), "out"], "1", stdout=full)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "does not exist" in result.stderr


def test_letters_that_a_terminal_lacks_are_escaped(capfdbinary):
    code = (
        "import io, sys\n"
        "from nucleibench.commands.output import held_output\n"
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, 'latin-1')\n"
        "with held_output(): print('Köln', '細胞')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert capfdbinary.readouterr().out == b"K\xf6ln \\u7d30\\u80de\n"
