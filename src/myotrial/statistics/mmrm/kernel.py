# ruff: noqa: C901, PLR0912 (loops are the point)
# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""The batched fit compiled by Numba: the search of ``newton`` for one data set after another, in loops.

Constants and decisions are those of the NumPy engine; only the order of sums differs. A data set whose information is
not positive definite, or whose search fails, is left to that engine.
"""

import numpy as np

from myotrial.statistics.mmrm.batch_numpy import BatchAnswer, fit_block
from myotrial.statistics.mmrm.kernel_algebra import T3, M, V, cholesky, dot, invert_lower, jit, lazy, square_of
from myotrial.statistics.mmrm.kernel_model import curve, evaluate, inform, place, weigh, whiten
from myotrial.statistics.mmrm.kernel_room import make_room
from myotrial.statistics.mmrm.likelihood import Stats
from myotrial.statistics.mmrm.newton import DONE, LEAST, MAX_HALVINGS, MAX_STEPS, NEAR
from myotrial.statistics.mmrm.structures import Array


@jit(f"f8({M},{V},{M},{M},{V},{V})")
def _step(information, gradient, scaled, lower, spread, step):  # type: ignore[no-untyped-def]
    """Mirror of ``newton.solve_step``; return the decrement, or -1 where the information is not positive."""
    size = len(gradient)
    for i in range(size):
        spread[i] = np.sqrt(max(abs(information[i, i]), 1e-300))
    for i in range(size):
        for j in range(size):
            scaled[i, j] = 0.5 * (information[i, j] + information[j, i]) / spread[i] / spread[j]
    if not cholesky(scaled, lower, LEAST):
        return -1.0
    decrement = 0.0
    for i in range(size):
        value = gradient[i] / spread[i]
        for m in range(i):
            value -= lower[i, m] * step[m]
        step[i] = value / lower[i, i]
        decrement += step[i] ** 2
    for i in range(size - 1, -1, -1):
        value = step[i]
        for m in range(i + 1, size):
            value -= lower[m, i] * step[m]
        step[i] = value / lower[i, i]
    for i in range(size):
        step[i] /= spread[i]
    return decrement


@jit(f"void({V},{T3},{T3},{M},{M},{T3},{M},{V},{V},{V},{V},{V},{M},{M},b1)")
def _answer(contrast, roots, k, root, white, slopes, weights, lw, at, gradient, out, means, moved, outer, reml):  # type: ignore[no-untyped-def]
    """Set variance, spread of the variance, and Kenward-Roger's correction of one contrast."""
    p, count, visits, q = len(lw), len(gradient), k.shape[1], roots.shape[1]
    variance = 0.0
    for i in range(p):
        lw[i] = 0.0
        for j in range(i + 1):
            lw[i] += root[i, j] * contrast[j]
        variance += lw[i] ** 2
    for h in range(count):
        gradient[h] = 0.0
        for i in range(p):
            moved[h, i] = 0.0
            for j in range(p):
                moved[h, i] += slopes[h, i, j] * lw[j]
            gradient[h] += moved[h, i] * lw[i]
    spread, loss, gain = 0.0, 0.0, 0.0
    for h in range(count):
        for m in range(count):
            spread += gradient[h] * weights[h, m] * gradient[m]
            inner = 0.0
            for i in range(p):
                inner += moved[h, i] * moved[m, i]
            loss += weights[h, m] * inner
    for m in range(len(means)):
        means[m] = 0.0
        for i in range(p):
            means[m] += white[m, i] * lw[i]
    for g in range(len(k)):
        outer[:] = 0.0  # K X Φ l l' Φ X' K
        for r in range(q):
            for s in range(visits):
                at[s] = 0.0
                for t in range(visits):
                    for b in range(q):
                        at[s] += k[g, s, t] * roots[g, r, b] * means[t * q + b]
            for s in range(visits):
                for t in range(visits):
                    outer[s, t] += at[s] * at[t]
        for i in range(visits):
            for j in range(i + 1):
                for u in range(visits):
                    for v in range(u + 1):
                        value = k[g, j, u] * outer[v, i]
                        if i != j:
                            value += k[g, i, u] * outer[v, j]
                        if u != v:
                            value += k[g, j, v] * outer[u, i]
                            if i != j:
                                value += k[g, i, v] * outer[u, j]
                        gain += weights[place(i, j), place(u, v)] * value
    out[0], out[1], out[2] = variance, spread, variance + 2 * (gain - loss) if reml else np.nan


@jit(f"void({M},{V},{M},{M})")
def _invert_scaled(lower, spread, work, inverse):  # type: ignore[no-untyped-def]
    """Invert the information from the factor that ``_step`` left."""
    invert_lower(lower, work)
    square_of(work, inverse)
    for i in range(len(spread)):
        for j in range(len(spread)):
            inverse[i, j] /= spread[i] * spread[j]


@lazy
def _look(n, zz, roots, columns, w, count, reml, plain, observed):  # type: ignore[no-untyped-def]
    """Set score and information where the data set stands."""
    k = w.k[:count]
    whiten(columns, w.root, w.turned, w.white, plain)
    for i in range(w.white.shape[0]):
        for j in range(w.white.shape[1]):
            w.flat_white[j, i] = w.white[i, j]
    dot(w.white, w.flat_white, w.phi)
    weigh(n, zz, k, w.cross[:count], w.phi, w.inner[:count], w.slope, w.packed, w.other, w.work, reml, observed)
    for h in range(w.packed.shape[1]):
        for g in range(w.packed.shape[0]):
            w.packed_turned[h, g] = w.packed[g, h] if g < count else 0.0
    dot(w.packed_turned, w.other, w.pairs)
    inform(
        k, w.left, w.white, w.slope, w.pairs, w.gradient, w.information, w.moved, w.scores, w.score, w.wide,
        observed,
    )  # fmt: skip
    if observed:
        curve(n, k, roots, w.white, w.rows, w.stood, w.square, w.slopes, w.flat, w.information, reml)


@lazy
def _fit_many(n_of, mask_of, zz_of, yz_of, joint_of, roots_of, columns, start, contrasts, reml, plain, w, est, out,  # type: ignore[no-untyped-def]
              betas, minus2, sigmas, done, steps):  # fmt: skip
    """Mirror of ``newton._Search``, one data set after another; ``done`` stays 0 where the other engine is needed."""
    for b in range(len(n_of)):
        count = 0
        for g in range(n_of.shape[1]):
            if n_of[b, g] > 0:
                count = g + 1
        n, mask, zz, yz = n_of[b, :count], mask_of[b, :count], zz_of[b, :count], yz_of[b, :count]
        roots, k, cross = roots_of[b, :count], w.k[:count], w.cross[:count]
        w.trial[:] = start[b]
        limit, scale, observed, before = np.inf, 1.0, False, np.inf
        halvings = 0
        while steps[b] < MAX_STEPS and halvings <= MAX_HALVINGS:
            value = evaluate(w.trial, w.sigma, n, mask, zz, yz, joint_of[b], columns, k, cross, w.left, w.root, w.beta,
                              w.full, w.tall, w.gram, w.right, w.means, reml, plain)  # fmt: skip
            if not value <= limit or not value < np.inf:
                if before == np.inf:
                    break
                halvings += 1
                scale /= 2
                for h in range(len(w.trial)):
                    w.trial[h] = w.theta[h] + scale * w.step[h]
                continue
            if before < np.inf:
                steps[b] += 1
            w.theta[:] = w.trial
            for _ in range(2):  # what looks like the optimum is looked at once more with the exact information
                _look(n, zz, roots, columns, w, count, reml, plain, observed)
                decrement = _step(w.information, w.gradient, w.scaled, w.lower, w.spread, w.step)
                there = 0 <= decrement < DONE
                if observed or not there:
                    break
                observed = True
            if there:
                done[b] = 1
                break
            if not decrement >= 0:
                break
            observed = observed or decrement < NEAR
            before, limit, scale, halvings = value, value + 1e-10 * abs(value), 1.0, 0
            for h in range(len(w.trial)):
                w.trial[h] = w.theta[h] + w.step[h]
        if done[b] == 0:
            continue
        minus2[b] = value
        betas[b, :], sigmas[b, :, :] = w.beta, w.sigma
        _invert_scaled(w.lower, w.spread, w.scaled, w.weights)
        for c in range(len(contrasts)):
            est[b, c] = 0.0
            for i in range(len(w.beta)):
                est[b, c] += contrasts[c, i] * w.beta[i]
            _answer(contrasts[c], roots, k, w.root, w.white, w.slopes, w.weights, w.lw, w.at, w.gradient, out[b, c],
                    w.means, w.aside, w.outer, reml)  # fmt: skip


def fit_block_compiled(
    stats: Stats, columns: Array | None, start: Array, contrasts: Array, *, reml: bool
) -> BatchAnswer:
    """Fit the data sets of one block from ``start`` (data sets × k)."""
    sets, patterns, visits = stats.mask.shape
    features, plain = stats.zz.shape[-1], columns is None
    mapping = np.zeros((0, 0)) if columns is None else np.ascontiguousarray(columns)
    p = visits * features if columns is None else columns.shape[1]
    answer = BatchAnswer.blank(sets, len(contrasts), p, visits)
    parts = (stats.n, stats.mask, stats.zz, stats.yz, stats.joint, stats.roots)
    room = make_room(patterns, visits, features, p, start.shape[1])
    done, steps, out = (
        np.zeros(sets, dtype=np.int64),
        np.zeros(sets, dtype=np.int64),
        np.empty((sets, len(contrasts), 3)),
    )
    _fit_many(
        *(np.ascontiguousarray(part) for part in parts), mapping, np.ascontiguousarray(start),
        np.ascontiguousarray(contrasts), reml, plain, room, answer.estimate, out, answer.beta, answer.log_likelihood,
        answer.sigma, done, steps,
    )  # fmt: skip
    good = done == 1
    with np.errstate(invalid="ignore", divide="ignore"):  # what is no number gets a status
        answer.se[good], answer.df[good] = np.sqrt(out[good, :, 0]), 2 * out[good, :, 0] ** 2 / out[good, :, 1]
        answer.se_kenward_roger[good] = np.sqrt(out[good, :, 2])
    seen = (stats.n[:, None] @ stats.mask)[:, 0].sum(axis=1)
    answer.log_likelihood[:] = -0.5 * (answer.log_likelihood + (seen - p if reml else seen) * np.log(2 * np.pi))
    answer.status[good], answer.steps[:] = 0, steps
    hard = np.flatnonzero(~good)
    if len(hard):
        answer.fill(hard, fit_block(stats.take(hard), columns, start[hard], contrasts, reml=reml))
    return answer.hide_failures(reml=reml)
