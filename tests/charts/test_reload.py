"""A pod that serves its changes: what a development tool puts there, and when."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "platform/images/reload.py"


@pytest.fixture
def reload():
    spec = importlib.util.spec_from_file_location("reload", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made(tmp_path):
    """What an image has."""
    folder = tmp_path / "app"
    (folder / "chassis" / "__pycache__").mkdir(parents=True)
    (folder / "chassis" / "__pycache__" / "serve.pyc").write_bytes(b"compiled")
    (folder / "chassis" / "serve.py").write_text("as it was built")
    (folder / "module").write_text("services.toys.app")
    folder.chmod(0o755)
    return folder


@pytest.fixture
def code(tmp_path):
    """An empty volume as the kubelet makes it: everybody's, and nobody's to change."""
    folder = tmp_path / "code"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def test_what_the_image_has_is_copied_and_the_volume_stays_as_the_kubelet_made_it(
    reload, made, code
):
    reload.lay(made, code)
    assert (code / "module").read_text() == "services.toys.app"
    assert [each.name for each in (code / "chassis").iterdir()] == ["serve.py"]
    assert code.stat().st_mode & 0o777 == 0o777


def test_a_change_outlasts_a_restart_of_its_container(reload, made, code):
    reload.lay(made, code)
    (code / "chassis" / "serve.py").write_text("as it was changed")
    reload.lay(made, code)
    assert (code / "chassis" / "serve.py").read_text() == "as it was changed"


def test_what_was_not_copied_to_its_end_is_copied_again(reload, made, code):
    (code / "chassis").mkdir()
    (code / "chassis" / "serve.py").write_text("half of i")
    reload.lay(made, code)
    assert (code / "chassis" / "serve.py").read_text() == "as it was built"


def test_a_file_that_is_away_for_a_moment_is_no_failure(reload, code):
    (code / "being_replaced.py").symlink_to(code / "nowhere.py")
    (code / "there.py").write_text("")
    assert [each.name for each in reload.seen(code)] == ["there.py"]


def test_a_pod_whose_code_is_changed_is_not_ended_for_a_mistake_in_it(render):
    objects = render("payment", only="payment-intent", reload=True)
    [made] = [each for each in objects if each["kind"] == "Deployment"]
    [container] = made["spec"]["template"]["spec"]["containers"]
    assert "readinessProbe" in container
    assert not {"livenessProbe", "startupProbe"} & container.keys()
