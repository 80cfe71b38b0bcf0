"""Names of processes in a consumer group: distinct while they live, the same after a restart."""

from pathlib import Path

from infra.instance import claimed_instance


def test_two_processes_have_two_names(tmp_path: Path):
    """The broker shuts out the older of two members with one name."""
    with claimed_instance(tmp_path, "persist") as one, claimed_instance(tmp_path, "persist") as two:
        assert one != two


def test_name_is_free_again_afterwards(tmp_path: Path):
    """A restarted process gets its partitions back at once because it has its old name."""
    with claimed_instance(tmp_path, "persist") as before:
        pass
    with claimed_instance(tmp_path, "persist") as after:
        assert before == after


def test_two_projects_on_one_machine_have_different_names(tmp_path: Path):
    """They may share a broker."""
    with (
        claimed_instance(tmp_path / "a", "persist") as one,
        claimed_instance(tmp_path / "b", "persist") as two,
    ):
        assert one != two


def test_folder_that_cannot_be_written_gives_no_name(tmp_path: Path):
    """A container with a read-only disk still persists; it only comes back more slowly."""
    (tmp_path / "file").write_text("")
    with claimed_instance(tmp_path / "file", "persist") as name:
        assert name is None
