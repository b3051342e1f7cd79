"""What every command says of itself."""

import pytest

from myotrial.cli.app import COMMANDS, EXIT_BAD_INPUT, EXIT_CANNOT_ESTIMATE, EXIT_USAGE, GROUPS, run


@pytest.mark.parametrize("words", ["", *GROUPS, *(command[0] for command in COMMANDS)])
def test_every_help_tells_the_exit_statuses(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words.split(), "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Exit status: 0 done; 1 done, and the answer is no" in shown
    for status, meaning in (
        (EXIT_USAGE, "called wrongly"),
        (EXIT_BAD_INPUT, "bad input"),
        (EXIT_CANNOT_ESTIMATE, "not be"),
    ):
        assert f"{status} " in shown
        assert meaning in shown
