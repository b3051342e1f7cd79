"""The result of a rule of change: one answer for each visit, with all that it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from myotrial.criteria.scores import Result


@dataclass(frozen=True, slots=True, repr=False)
class ChangeScores(Result):
    """Whether a rule is met, by subject and visit, with the rule, the options and the input it came from.

    Attributes
    ----------
    frame
        One row per subject and follow-up visit.
    rule
        The name of the rule.
    answer
        The column that holds its answer: true, false, or null where what is missing could change it.
    options
        Every number and every option that no source settles, as used.
    rule_sha256
        The hash of the data file that holds the rule.
    input_sha256
        The hash of the file that was scored, or ``None`` for a frame.
    notes
        What was noticed and is not a fault: subjects without a follow-up visit.
    """

    rule: str
    answer: str
    options: Mapping[str, Any]
    rule_sha256: str
    input_sha256: str | None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        answers = self.frame[self.answer]
        met, unknown = int(answers.sum() or 0), answers.null_count()
        return (
            f"ChangeScores({self.rule}: {self._extent()}; "
            f"met {met:,}, not met {answers.len() - met - unknown:,}, unknown {unknown:,})"
        )

    def provenance(self) -> dict[str, Any]:
        """Return what the answers rest on: rule, options, input, version."""
        return {
            "rule": self.rule,
            "rule_sha256": self.rule_sha256,
            "options": dict(self.options),
            "input_sha256": self.input_sha256,
            "notes": list(self.notes),
            "version": f"myotrial {version('myotrial')}",
        }
