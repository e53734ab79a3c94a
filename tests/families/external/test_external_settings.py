"""What a method of the family says: its source, its command, and what is wrong with them."""

import subprocess

import pytest
from pydantic import ValidationError

from nucleibench.families.external.family import External

COMMAND = "tool {images} {output}"


def read(**section):
    return External.read({"family": "external", **section})


def test_a_folder_has_a_folder_for_each_dataset_or_each_dataset_has_its_own():
    assert read(predictions="theirs").given_predictions("tnbc") == "theirs/tnbc"
    found = read(predictions={"tnbc": "a b/x"})
    assert found.given_predictions("tnbc") == "a b/x"
    assert found.given_predictions("monuseg") is None
    assert found.predicting_command() is None


def test_what_a_tool_saw_is_unknown_unless_it_is_said():
    assert read(predictions="x").saw is None
    assert read(predictions="x", saw={}).saw.datasets == ()
    found = read(predictions="x", saw={"datasets": ["PanNuke"], "organs": ["breast", "colon"]})
    assert (found.saw.datasets, found.saw.organs) == (("PanNuke",), ("breast", "colon"))


def test_names_and_what_was_seen_decide_no_labels():
    assert read(command=COMMAND, name="a", saw={}).deciding_labels() == {}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({}, "give either predictions, which are there, or a command"),
        ({"predictions": "a", "command": COMMAND}, "give either predictions, which are there, or"),
        ({"predictions": "a", "gpus": 1}, "conda and gpus are those of a command, and there is"),
        ({"predictions": "a", "conda": "a.yaml"}, "conda and gpus are those of a command, and"),
        ({"command": "tool {output}"}, "the command has no {images}, so that it does not know"),
        ({"command": "tool {images}"}, "the command has no {output}, so that it does not know"),
        ({"command": "tool '{images}' {output}"}, "{images} stands in quotes; remove them, as it"),
        ({"command": 'a "b {images}" {output}'}, "{images} stands in quotes; remove them, as it"),
        ({"command": "a 'b' {images} x\\{output}"}, "{output} stands in quotes; remove them, as"),
        ({"command": "a {images} {output} 'b"}, "a quote in the command is not closed"),
    ],
)
def test_what_cannot_be_is_refused_in_words(section, message):
    with pytest.raises(ValidationError) as caught:
        read(**section)
    assert message in str(caught.value)


@pytest.mark.parametrize("folder", ["a b", "it's", 'a "b"', "$HOME", "a;b", "*", "-x", "é"])
def test_paths_are_words_of_the_shell_whatever_they_are_called(folder):
    command = read(command="printf '%s\\n' {images} --to={output}/x {threads}").predicting_command()
    variables = {"images": folder, "output": f"{folder}2", "threads": "8", "root": "r"}
    result = subprocess.run(
        ["bash", "-c", command.shell], env=variables, capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines() == [folder, f"--to={folder}2/x", "8"]


def test_other_braces_are_those_of_the_shell():
    command = "cat x | awk '{print $1}' > {output}/${name}; ls {images}"
    assert read(command=command).predicting_command().shell == (
        'cat x | awk \'{print $1}\' > "$output"/${name}; ls "$images"'
    )


def test_words_are_found_behind_signs_of_the_shell_and_in_options():
    words = (
        read(command="cd {root}/tool&&run --model='a b.h5' {images} {output};echo 'it'>c.txt")
        .predicting_command()
        .words
    )
    assert {"{root}/tool", "run", "a b.h5", "it", "c.txt"} <= set(words)


def test_a_command_has_its_environment_and_accelerators():
    command = read(command=COMMAND, conda="tool.yaml", gpus=2).predicting_command()
    assert (command.environment, command.gpus) == ("tool.yaml", 2)
    assert read(command=COMMAND).predicting_command().environment == "data"
