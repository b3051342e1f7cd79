# ruff: noqa: C901, PLR0912 (loops are the point)
# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""The likelihood and its derivatives for one data set, compiled by Numba: the mirror of ``likelihood``, in loops."""

import numpy as np

from myotrial.statistics.mmrm.kernel_algebra import T3, M, V, cholesky, dot, invert_lower, invert_pattern, jit


@jit(f"void({M},{M},{M},{M},b1)")
def whiten(columns, root, turned, white, plain):  # type: ignore[no-untyped-def]
    """Set ``turned`` to root', and ``white`` to C root'."""
    for i in range(root.shape[0]):
        for j in range(root.shape[0]):
            turned[i, j] = root[j, i]
    if plain:
        white[:] = turned
    else:
        dot(columns, turned, white)


@jit(f"void({V},{M},{T3},{T3},{T3},{M},{V})")
def _gather(n, mask, zz, yz, k, gram, right):  # type: ignore[no-untyped-def]
    """Sum X'V⁻¹X and X'V⁻¹y over the patterns."""
    visits, q = mask.shape[1], zz.shape[1]
    gram[:] = 0.0
    right[:] = 0.0
    for g in range(len(n)):
        for s in range(visits):
            for t in range(visits):
                w = k[g, s, t]
                if w != 0:
                    for a in range(q):
                        right[s * q + a] += w * yz[g, t, a]
                        for b in range(q):
                            gram[s * q + a, t * q + b] += w * zz[g, a, b]


@jit(f"f8({V},{T3},{T3},{T3},{T3},{V})")
def _residuals(n, k, joint, cross, left, means):  # type: ignore[no-untyped-def]
    """Set the cross products of residuals, with each other and with the features; return Σ tr(K · cross)."""
    visits, q = k.shape[1], left.shape[2]
    value = 0.0
    for g in range(len(n)):
        for s in range(visits):
            for a in range(q):
                left[g, s, a] = joint[q + s, g, a]
                for b in range(q):
                    left[g, s, a] -= means[s * q + b] * joint[b, g, a]
            for t in range(visits):
                c = joint[q + s, g, q + t]
                for b in range(q):
                    c -= means[s * q + b] * joint[b, g, q + t] + left[g, s, b] * means[t * q + b]
                cross[g, s, t] = c
                value += k[g, s, t] * c
    return value


@jit(f"f8({V},{M},{V},{M},{T3},{T3},{T3},{M},{T3},{T3},{T3},{M},{V},{M},{M},{M},{V},{V},b1,b1)")
def evaluate(theta, sigma, n, mask, zz, yz, joint, columns, k, cross, left, root, beta, full, tall, gram, right,  # type: ignore[no-untyped-def]
              means, reml, plain):  # fmt: skip
    """Mirror of ``likelihood.evaluate``: everything where theta stands, and -2 log-likelihood."""
    visits, p = sigma.shape[0], len(beta)
    h = 0
    for s in range(visits):
        for t in range(s + 1):
            sigma[s, t] = sigma[t, s] = theta[h]
            h += 1
    if not cholesky(sigma, k[0], 1e-8):
        return np.inf
    value = 0.0
    for g in range(len(n)):
        value += n[g] * invert_pattern(sigma, mask[g], k[g])
    _gather(n, mask, zz, yz, k, full, right)
    if plain:
        gram[:] = full
        beta[:] = right
    else:
        dot(full, columns, tall)
        for i in range(p):
            beta[i] = 0.0
            for j in range(p):
                gram[i, j] = 0.0
        for m in range(len(right)):
            for i in range(p):
                beta[i] += columns[m, i] * right[m]
                if columns[m, i] != 0:
                    for j in range(p):
                        gram[i, j] += columns[m, i] * tall[m, j]
    if not cholesky(gram, root, 1e-8):
        return np.inf
    if reml:
        for i in range(p):
            value += 2 * np.log(root[i, i])
    gram[:] = root
    invert_lower(gram, root)
    for i in range(p):
        means[i] = 0.0
        for j in range(i + 1):
            means[i] += root[i, j] * beta[j]
    for i in range(p):
        beta[i] = 0.0
        for j in range(i, p):
            beta[i] += root[j, i] * means[j]
    if plain:
        means[:] = beta
    else:
        for m in range(len(means)):
            means[m] = 0.0
            for i in range(p):
                means[m] += columns[m, i] * beta[i]
    return value + _residuals(n, k, joint, cross, left, means)


@jit(f"void({V},{T3},{T3},{T3},{M},{T3},{M},{M},{M},{M},b1,b1)")
def weigh(n, zz, k, cross, phi, inner, slope, packed, other, work, reml, observed):  # type: ignore[no-untyped-def]
    """Set D summed over patterns (slope), and K and the inner matrix of every pattern, packed."""
    visits, q = k.shape[1], zz.shape[1]
    slope[:] = 0.0
    for g in range(len(n)):
        kg, out = k[g], inner[g]
        for turn in range(2):  # residuals, then the spread of the means
            for s in range(visits):
                for t in range(visits):
                    work[s, t] = cross[g, s, t] if turn == 0 else 0.0
                    if turn == 1 and reml:
                        for a in range(q):
                            for b in range(q):
                                work[s, t] += phi[s * q + a, t * q + b] * zz[g, a, b]
            for s in range(visits):
                for t in range(visits):
                    out[s, t] = 0.0
                for m in range(visits):
                    for t in range(visits):
                        out[s, t] += kg[s, m] * work[m, t]
            work[:] = 0.0
            for s in range(visits):
                for m in range(visits):
                    for t in range(visits):
                        work[s, t] += out[s, m] * kg[m, t]
            h = 0
            for s in range(visits):
                for t in range(s + 1):
                    total = 0.5 * (work[s, t] + work[t, s])
                    slope[s, t] -= total
                    if turn == 0:
                        slope[s, t] += n[g] * kg[s, t]
                        packed[g, h] = kg[s, t]
                        other[g, h] = total - 0.5 * n[g] * kg[s, t] if observed else 0.5 * total
                    elif observed:
                        other[g, h] += total
                    h += 1
    for s in range(visits):
        for t in range(s):
            slope[t, s] = slope[s, t]


@jit("i8(i8,i8)")
def place(i, j):  # type: ignore[no-untyped-def]
    """Place of an element of a symmetric matrix in its lower triangle."""
    return i * (i + 1) // 2 + j if i >= j else j * (j + 1) // 2 + i


@jit(f"void({T3},{T3},{M},{M},{M},{V},{M},{M},{M},{M},{M},b1)")
def inform(k, left, white, slope, pairs, gradient, information, moved, scores, score, wide, observed):  # type: ignore[no-untyped-def]
    """Set score and information but for the curvature of log |X'V⁻¹X|."""
    visits, q, size = k.shape[1], left.shape[2], white.shape[0]
    moved[:] = 0.0  # (a, t), (b, feature)
    for g in range(len(k)):
        for b in range(visits):
            for a in range(q):
                wide[b, a] = 0.0
                for m in range(visits):
                    wide[b, a] += k[g, b, m] * left[g, m, a]
        for i in range(visits):
            for t in range(visits):
                w = k[g, i, t]
                for b in range(visits):
                    for a in range(q):
                        moved[i * visits + b, t * q + a] += w * wide[b, a]
    h = 0
    for i in range(visits):
        for j in range(i + 1):
            gradient[h] = -0.5 * slope[i, j] * (1.0 if i == j else 2.0)
            for c in range(size):
                scores[h, c] = moved[i * visits + j, c] + (moved[j * visits + i, c] if i != j else 0.0)
            m = 0
            for u in range(visits):
                for v in range(u + 1):
                    value = pairs[place(j, u), place(v, i)]
                    if i != j:
                        value += pairs[place(i, u), place(v, j)]
                    if u != v:
                        value += pairs[place(j, v), place(u, i)]
                        if i != j:
                            value += pairs[place(i, v), place(u, j)]
                    information[h, m] = value
                    m += 1
            h += 1
    dot(scores, white, score)
    share = 1.0 if observed else 0.5
    for h in range(len(gradient)):
        for m in range(len(gradient)):
            for c in range(white.shape[1]):
                information[h, m] -= share * score[h, c] * score[m, c]


@jit(f"void({V},{T3},{T3},{M},{T3},{T3},{M},{T3},{M},{M},b1)")
def curve(n, k, roots, white, rows, columns, square, slopes, flat, information, reml):  # type: ignore[no-untyped-def]
    """Mirror of ``likelihood.whitened_slopes``, and the curvature of log |X'V⁻¹X|."""
    visits, q, p = k.shape[1], roots.shape[1], white.shape[1]
    rows[:] = 0.0  # (visit), (subject), (coefficient): K X root' of the roots of Σ z z'
    for g in range(len(n)):
        for a in range(q):
            r = g * q + a
            for t in range(visits):
                for i in range(p):
                    value = 0.0
                    for b in range(q):
                        value += roots[g, a, b] * white[t * q + b, i]
                    for s in range(visits):
                        rows[s, r, i] += k[g, s, t] * value
    for s in range(visits):
        for r in range(rows.shape[1]):
            for i in range(p):
                columns[s, i, r] = rows[s, r, i]
    h = 0
    for s in range(visits):
        for t in range(s + 1):
            dot(columns[s], rows[t], square)
            for i in range(p):
                for j in range(p):
                    value = square[i, j] if s == t else square[i, j] + square[j, i]
                    slopes[h, i, j] = value
                    flat[i * p + j, h] = value
            h += 1
    if reml:
        for c in range(p * p):
            i, j = c // p, c % p
            for h in range(len(information)):
                value = 0.5 * slopes[h, i, j]
                for m in range(len(information)):
                    information[h, m] -= value * flat[c, m]
