import pytest
from finished_tree import FinishedTree
from toy import Workflow


@pytest.fixture
def fresh_workflow(tmp_path) -> Workflow:
    return Workflow(tmp_path)


@pytest.fixture(scope="session")
def finished_workflow(tmp_path_factory) -> Workflow:
    """A toy experiment that has run to its end."""
    workflow = Workflow(tmp_path_factory.mktemp("finished"))
    result = workflow.run()
    assert result.returncode == 0, result.stdout
    return workflow


@pytest.fixture(scope="session")
def finished_paper(tmp_path_factory) -> FinishedTree:
    """The paper's experiment, which has run to its end in name."""
    return FinishedTree.make(tmp_path_factory.mktemp("paper") / "project")
