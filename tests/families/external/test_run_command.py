"""scripts/run_command.sh: the folder of predictions is whole or absent, and a failure is told."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "run_command.sh"


@pytest.fixture
def run(tmp_path):
    """Run a command on images in a folder with a space and a quote in its name."""
    folder = tmp_path / "it's a folder"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a.png").write_text("a")
    (folder / "logs").mkdir()

    def call(command):
        words = [command, "images", "made/tool/data", "logs/tool.log", "3"]
        result = subprocess.run(
            [SCRIPT, *words], cwd=folder, capture_output=True, text=True, timeout=60
        )
        left = sorted(path.name for path in folder.rglob("made/tool/*"))
        return result, left, (folder / "logs" / "tool.log").read_text()

    call.folder = folder
    return call


def test_a_command_fills_the_folder_from_wherever_it_goes(run):
    result, left, log = run('cd /; cp "$images"/a.png "$output"/b.png; echo "$threads" "$root"')
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert left == ["data"]
    assert (run.folder / "made/tool/data/b.png").read_text() == "a"
    assert log == f"3 {SCRIPT.parents[1]}\n"


@pytest.mark.parametrize(
    "command",
    [
        'touch "$output"/half.png; echo no such nucleus >&2; exit 3',
        'touch "$output"/half.png; echo no such nucleus; false; echo went on',
        'echo no such nucleus; false | cat > "$output"/half.png',
    ],
)
def test_a_failure_leaves_nothing_and_shows_the_end_of_the_log(run, command):
    result, left, log = run(f"for i in $(seq 50); do echo line $i; done; {command}")
    assert result.returncode == 1
    assert left == []
    assert "Error: a command of another tool failed" in result.stderr
    assert "logs/tool.log:\nline 32\n" in result.stderr
    assert result.stderr.endswith("no such nucleus\n")
    assert "line 1\n" in log
    assert "line 1\n" not in result.stderr


def test_a_command_gets_no_input(run):
    assert run("cat; echo read")[2] == "read\n"
