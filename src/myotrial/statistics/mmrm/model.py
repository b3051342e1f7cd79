"""What a fit keeps for later questions."""

from dataclasses import dataclass
from typing import Any

from myotrial.statistics.mmrm import tables
from myotrial.statistics.mmrm.corrections import Inference
from myotrial.statistics.mmrm.formula import Coding, Parsed
from myotrial.statistics.mmrm.frame import Rows
from myotrial.statistics.mmrm.structures import Array


@dataclass(frozen=True, eq=False)
class Model:
    """What a fit keeps for later questions."""

    parsed: Parsed
    frame: Any
    rows: Rows
    coding: Coding
    design: Array
    space: tables.Space
    inference: Inference
