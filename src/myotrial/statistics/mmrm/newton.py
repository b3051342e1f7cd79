"""Newton's method on the restricted or full likelihood, for one data set or thousands at once.

Far from the optimum a step uses the average information, which is positive; near it and at the end the observed one.
A step is halved until the likelihood rises.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.algebra import safe_cholesky
from myotrial.statistics.mmrm.derivatives import Derivatives, differentiate
from myotrial.statistics.mmrm.likelihood import State, Stats, evaluate
from myotrial.statistics.mmrm.structures import Array, Structure, pack, unpack

NEAR = 0.5
"""Newton decrement below which the observed information takes over from the average one."""
DONE = 1e-15
"""Newton decrement at which the optimum is reached: the parameters are within 3e-8 of their standard errors."""
MAX_STEPS, MAX_HALVINGS = 100, 30
LEAST = 1e-6
"""Smallest relative pivot of a Cholesky factor that still counts as positive definite."""
FLOOR = 1e-6
"""Smallest relative eigenvalue of an information that is not positive definite."""


Rows = NDArray[np.intp]


class Model(Protocol):
    """How parameters become covariance matrices, one per group."""

    def sigmas(self, theta: Array) -> list[Array]:
        """Matrices per group, data sets × visits × visits."""

    def derivatives(self, theta: Array) -> tuple[list[Array | None], list[Array | None]]:
        """First derivatives per group (parameters × elements; ``None`` for the identity), and second ones."""


@dataclass(frozen=True)
class OneModel:
    """One data set: any structure, one block of parameters per group."""

    structure: Structure
    groups: int

    def sigmas(self, theta: Array) -> list[Array]:
        """Matrices per group."""
        return [self.structure.sigma(block)[None] for block in self._blocks(theta)]

    def derivatives(self, theta: Array) -> tuple[list[Array | None], list[Array | None]]:
        """First and second derivatives per group."""
        if self.structure.name == "us":
            return [None] * self.groups, [None] * self.groups
        points = [self.structure.at(block, second=True) for block in self._blocks(theta)]
        return [pack(point.first) for point in points], [point.second for point in points]

    def _blocks(self, theta: Array) -> list[Array]:
        return list(theta[0].reshape(self.groups, -1))


@dataclass(frozen=True)
class ManyModel:
    """Any number of data sets with one unstructured matrix each."""

    visits: int

    def sigmas(self, theta: Array) -> list[Array]:
        """Return the matrices, as the one group."""
        return [unpack(theta, self.visits)]

    def derivatives(self, theta: Array) -> tuple[list[Array | None], list[Array | None]]:
        """Return that the parameters are the elements."""
        del theta
        return [None], [None]


@dataclass(eq=False)
class Optimum:
    """Where the search ended.

    Attributes
    ----------
    theta
        Covariance parameters, data sets × k.
    state, derivatives
        The model there; ``derivatives`` hold the observed information.
    converged
        Whether the decrement fell below ``DONE`` with a positive definite information, per data set.
    steps
        Steps taken, per data set.
    decrement
        The last Newton decrement, per data set.
    """

    theta: Array
    state: State
    derivatives: Derivatives
    converged: NDArray[np.bool_]
    steps: NDArray[np.int64]
    decrement: Array


def maximise(parts: Sequence[Stats], columns: Array | None, model: Model, theta: Array, *, reml: bool) -> Optimum:
    """Climb to the optimum from ``theta`` (data sets × k)."""
    return _Search(parts, columns, model, theta.copy(), reml).run()


@dataclass(eq=False)
class _Search:
    """The state of a search over many data sets; those that are done leave it."""

    parts: Sequence[Stats]
    columns: Array | None
    model: Model
    theta: Array
    reml: bool
    found: list[tuple[Rows, State, Derivatives]] = field(default_factory=list)

    def run(self) -> Optimum:
        sets = len(self.theta)
        self.near = np.zeros(sets, dtype=bool)
        self.converged = np.zeros(sets, dtype=bool)
        self.steps = np.zeros(sets, dtype=np.int64)
        self.decrement = np.full(sets, np.inf)
        active = np.arange(sets)
        state = self.value(active, self.theta)
        for _ in range(MAX_STEPS):
            active, state = self.advance(active, state)
            if not len(active):
                break
        if len(active):
            self.found.append((active, state, self.look(active, state, observed=True)))
        order = np.argsort(np.concatenate([rows for rows, _, _ in self.found]))
        joined = State.join([state for _, state, _ in self.found], order)
        derivatives = Derivatives.join([derivatives for _, _, derivatives in self.found], order)
        return Optimum(self.theta, joined, derivatives, self.converged, self.steps, self.decrement)

    def value(self, rows: Rows, theta: Array) -> State:
        return evaluate(self.some(rows), self.model.sigmas(theta), self.columns, reml=self.reml)

    def some(self, rows: Rows) -> Sequence[Stats]:
        """Return the statistics of some of the data sets."""
        return self.parts if len(rows) == len(self.theta) else [part.take(rows) for part in self.parts]

    def look(self, rows: Rows, state: State, *, observed: bool) -> Derivatives:
        """Return the derivatives where the data sets stand."""
        jacobians, seconds = self.model.derivatives(self.theta[rows])
        parts = self.some(rows)
        return differentiate(parts, state, jacobians, seconds, self.columns, reml=self.reml, observed=observed)

    def advance(self, rows: Rows, state: State) -> tuple[Rows, State]:
        """Take one step for every data set, or end its search; return those that have to go on, and their state."""
        near, step, there = self.near[rows], np.zeros_like(self.theta[rows]), np.zeros(len(rows), dtype=bool)
        for some, observed in ((~near, False), (near, True)):
            if some.any():
                part = state if some.all() else state.take(some)
                step[some], there[some] = self.aim(rows[some], part, observed=observed)
        self.steps[rows[~there]] += 1
        left = ~(there & near)
        if not left.any():
            return rows[left], state
        rows, near = rows[left], near[left]
        moved, after = self.climb(rows, step[left], state.minus2[left])
        self.near[rows[~moved]] = True
        failed = ~moved & near  # no better point along the step of the exact information: the search has failed
        if not failed.any():
            return rows, after
        stuck = after.take(failed)
        self.found.append((rows[failed], stuck, self.look(rows[failed], stuck, observed=True)))
        return rows[~failed], after.take(~failed)

    def aim(self, rows: Rows, state: State, *, observed: bool) -> tuple[Array, NDArray[np.bool_]]:
        """Return the step of every data set, zero where it stands at the optimum, and whether it does."""
        derivatives = self.look(rows, state, observed=observed)
        step, decrement, positive = solve_step(derivatives)
        self.decrement[rows] = decrement
        there: NDArray[np.bool_] = np.asarray(positive & (decrement < DONE) & state.ok)
        if not observed:
            self.near[rows] = ~positive | (decrement < NEAR)
        elif there.any():
            self.converged[rows[there]] = True
            everything = bool(there.all())
            self.found.append((rows[there], state, derivatives) if everything else
                              (rows[there], state.take(there), derivatives.take(there)))  # fmt: skip
        step[there] = 0
        return step, there

    def climb(self, rows: Rows, step: Array, before: Array) -> tuple[NDArray[np.bool_], State]:
        """Halve the step until -2 log-likelihood does not rise; leave a data set where it was if that never happens."""
        scale = np.ones(len(rows))
        limit = before + 1e-10 * np.abs(before)
        start = self.theta[rows]
        after = self.value(rows, start + step)
        better = np.asarray(after.minus2 <= limit)
        for _ in range(MAX_HALVINGS):
            if better.all():
                break
            scale[~better] /= 2
            after = self.value(rows, start + scale[:, None] * step)
            better = np.asarray(after.minus2 <= limit)
        scale[~better] = 0
        if not better.all():
            after = self.value(rows, start + scale[:, None] * step)
        self.theta[rows] = start + scale[:, None] * step
        return better, after


def solve_step(derivatives: Derivatives) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return Newton's step, its decrement and whether the information was positive definite.

    Where it was not, eigenvalues take their absolute value, floored, so that the step still climbs.
    """
    information, gradient = derivatives.information, derivatives.gradient
    finite = np.asarray(np.isfinite(information).all(axis=(1, 2)) & np.isfinite(gradient).all(axis=1))
    if not finite.all():
        information = np.where(finite[:, None, None], information, np.eye(information.shape[1]))
        gradient = np.where(finite[:, None], gradient, 0.0)
    spread = np.sqrt(np.maximum(np.abs(np.diagonal(information, axis1=1, axis2=2)), 1e-300))
    scaled = information / spread[:, :, None] / spread[:, None, :]
    target = (gradient / spread)[:, :, None]
    _, positive = safe_cholesky(scaled, LEAST)
    good = scaled if positive.all() else np.where(positive[:, None, None], scaled, np.eye(scaled.shape[1]))
    step = np.linalg.solve(good, target)[:, :, 0]
    for row in np.flatnonzero(~positive):
        values, vectors = np.linalg.eigh(scaled[row])
        step[row] = vectors @ ((vectors.T @ target[row, :, 0]) / np.maximum(np.abs(values), FLOOR))
    step = step / spread
    return step, (step * gradient).sum(axis=1), positive & finite
