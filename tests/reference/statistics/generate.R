# Writes r_figures.csv: what R gives for the cases that the tests of the statistics room read.
# Run in this folder: Rscript generate.R   (needs survival and MASS, which come with R, and the packages brglm2, coin,
# exactRankTests, epiR and sandwich)
library(survival); library(MASS)
suppressMessages({library(coin); library(exactRankTests)})
rows <- list()
put <- function(case, quantity, value) {
  rows[[length(rows) + 1]] <<- data.frame(case = case, quantity = quantity,
    value = ifelse(is.na(value), "", sprintf("%.17g", value)))
}
put_all <- function(case, values) for (name in names(values)) put(case, name, values[[name]])
d <- read.csv("sim_endpoints.csv")
d$ARM <- factor(d$ARM, levels = c("PBO", "TRT")); d$STRATUM <- factor(d$STRATUM)

# proportions
counts <- list(c(81, 263), c(15, 148), c(0, 20), c(1, 29), c(20, 20), c(8, 19), c(51, 120))
for (x in counts) for (level in c(0.9, 0.95)) {
  case <- sprintf("%d/%d at %g", x[1], x[2], level)
  w <- prop.test(x[1], x[2], correct = FALSE, conf.level = level)$conf.int
  e <- binom.test(x[1], x[2], conf.level = level)$conf.int
  put_all(paste("wilson", case), list(low = w[1], high = w[2]))
  put_all(paste("clopper-pearson", case), list(low = e[1], high = e[2]))
}
tables <- list(c(77, 84, 65, 86), c(76, 84, 65, 86), c(3, 10, 9, 12), c(5, 5, 2, 6), c(0, 9, 4, 8), c(51, 120, 33, 120))
for (x in tables) {
  case <- paste(x, collapse = " ")
  m <- rbind(c(x[1], x[2] - x[1]), c(x[3], x[4] - x[3]))
  f <- fisher.test(m)
  put_all(paste("fisher", case), list(p_value = f$p.value, value = f$estimate, low = f$conf.int[1],
    high = f$conf.int[2]))
  u <- suppressWarnings(prop.test(x[c(1, 3)], x[c(2, 4)], correct = FALSE))
  put_all(paste("wald difference", case), list(low = u$conf.int[1], high = u$conf.int[2]))
  if (all(m > 0)) {
    # Woolf's odds ratio: the Wald interval of a logistic regression on the group.
    g <- glm(m ~ c(1, 0), family = binomial, control = glm.control(epsilon = 1e-12, maxit = 100))
    s <- summary(g)$coefficients[2, ]; ci <- suppressMessages(confint.default(g))[2, ]
    put_all(paste("odds ratio", case), list(value = exp(s[[1]]), se = s[[2]], p_value = s[[4]],
      low = exp(ci[[1]]), high = exp(ci[[2]])))
    # Katz's risk ratio: the same with a log link.
    g <- glm(m ~ c(1, 0), family = binomial("log"), start = log(c(x[3] / x[4], (x[1] / x[2]) / (x[3] / x[4]))),
      control = glm.control(epsilon = 1e-12, maxit = 100))
    s <- summary(g)$coefficients[2, ]; ci <- suppressMessages(confint.default(g))[2, ]
    put_all(paste("risk ratio", case), list(value = exp(s[[1]]), se = s[[2]], p_value = s[[4]],
      low = exp(ci[[1]]), high = exp(ci[[2]])))
  }
}
for (correct in c(FALSE, TRUE)) {
  m <- mantelhaen.test(table(d$ARM, d$RARE, d$STRATUM)[, , c("A", "B", "C")][2:1, 2:1, ], correct = correct)
  put_all(paste("cmh rare", tolower(correct)), list(p_value = m$p.value))
}
one <- table(d$ARM, d$RESP)[2:1, 2:1]
# A single table: the same statistic is (n - 1) / n times Pearson's chi-square.
chi <- chisq.test(one, correct = FALSE)$statistic[[1]] * (sum(one) - 1) / sum(one)
put_all("cmh single", list(p_value = pchisq(chi, 1, lower.tail = FALSE)))

# means
by_arm <- split(d$AGE, d$ARM)
t1 <- t.test(by_arm$TRT)
put_all("mean AGE TRT", list(value = t1$estimate[[1]], low = t1$conf.int[1], high = t1$conf.int[2], se = t1$stderr))
for (equal in c(FALSE, TRUE)) {
  t2 <- t.test(d$EXPOSURE[d$ARM == "TRT"], d$EXPOSURE[d$ARM == "PBO"][1:37], var.equal = equal)
  put_all(paste("mean difference EXPOSURE", tolower(equal)), list(value = t2$estimate[[1]] - t2$estimate[[2]],
    low = t2$conf.int[1], high = t2$conf.int[2], se = t2$stderr, p_value = t2$p.value))
}
for (k in c(2, 3, 4, 5, 8, 41, 240)) {
  x <- d$AGE[1:k]; q <- quantile(x, c(0.25, 0.5, 0.75), type = 2, names = FALSE)
  put_all(paste("describe AGE", k), list(n = k, mean = mean(x), sd = sd(x), q1 = q[1], median = q[2], q3 = q[3],
    minimum = min(x), maximum = max(x)))
}

# analysis of covariance; LS means and differences as contrasts of the coefficients
contrast <- function(case, fit, l) {
  est <- sum(l * coef(fit)); se <- sqrt(drop(t(l) %*% vcov(fit) %*% l)); df <- df.residual(fit)
  half <- qt(0.975, df) * se
  put_all(case, list(value = est, se = se, low = est - half, high = est + half,
    p_value = 2 * pt(-abs(est / se), df)))
}
ancova <- function(case, response, arm, numeric, factors) {
  frame <- c(list(response = response, arm = arm), numeric, factors)
  fit <- lm(as.formula(paste("response ~", paste(c("arm", names(numeric), names(factors)), collapse = " + "))),
    data = as.data.frame(frame, stringsAsFactors = TRUE))
  type3 <- drop1(fit, "arm", test = "F")
  put_all(case, list(df = df.residual(fit), mean_square = deviance(fit) / df.residual(fit),
    f = type3["arm", "F value"], p_value = type3["arm", "Pr(>F)"], sum_of_squares = type3["arm", "Sum of Sq"]))
  X <- model.matrix(fit); arms <- levels(arm)
  for (margins in c("equal", "observed")) {
    base <- colMeans(X); base[1] <- 1
    if (margins == "equal") for (f in names(factors)) {
      at <- grepl(paste0("^", f), colnames(X)); base[at] <- 1 / nlevels(factor(factors[[f]]))
    }
    for (a in arms) {
      l <- base; l[grepl("^arm", colnames(X))] <- 0
      if (a != arms[1]) l[paste0("arm", a)] <- 1
      contrast(paste(case, margins, a), fit, l)
    }
  }
  for (a in arms[-1]) {
    l <- 0 * base; l[paste0("arm", a)] <- 1
    contrast(paste(case, "difference", a), fit, l)
  }
}
ancova("ancova two", d$TIME, d$ARM, list(AGE = d$AGE), list(STRATUM = d$STRATUM))
ancova("ancova three", d$TIME, d$STRATUM, list(AGE = d$AGE, EXPOSURE = d$EXPOSURE), list(ARM = d$ARM))
ancova("ancova none", d$TIME, d$STRATUM, list(), list())

# survival: our data by arm, and small cases with ties, a flat stretch at one half, and an end at zero
cases <- list(
  trt = list(d$TIME[d$ARM == "TRT"], d$EVENT[d$ARM == "TRT"]),
  pbo = list(d$TIME[d$ARM == "PBO"], d$EVENT[d$ARM == "PBO"]),
  half = list(c(1, 2, 3, 4, 5, 6), c(1, 1, 1, 1, 0, 1)),
  ties = list(c(2, 2, 2, 5, 5, 7, 8, 8, 9, 12), c(1, 1, 0, 1, 0, 1, 1, 1, 0, 0)),
  late = list(c(3, 4, 6, 8), c(0, 0, 1, 0)))
for (name in names(cases)) for (type in c("log-log", "log", "plain")) for (level in c(0.9, 0.95)) {
  x <- cases[[name]]
  f <- survfit(Surv(x[[1]], x[[2]]) ~ 1, conf.type = type, conf.int = level)
  case <- paste("survival", name, type, level)
  t <- summary(f)$table
  put_all(paste(case, "median"), list(value = t[["median"]], low = t[[8]], high = t[[9]]))
  if (level == 0.95) for (i in seq(1, length(f$time), if (length(f$time) > 20) 9 else 1)) put_all(paste(case, i), list(time = f$time[i], n_at_risk = f$n.risk[i],
    n_events = f$n.event[i], n_censored = f$n.censor[i], survival = f$surv[i], se = f$surv[i] * f$std.err[i],
    low = f$lower[i], high = f$upper[i]))
}
log_rank <- function(case, fit) {
  put_all(case, list(chi_square = fit$chisq))
  o <- if (is.matrix(fit$obs)) rowSums(fit$obs) else fit$obs
  e <- if (is.matrix(fit$exp)) rowSums(fit$exp) else fit$exp
  for (i in seq_along(o)) put_all(case, setNames(list(o[i], e[i]), paste(c("observed", "expected"), i)))
}
log_rank("log-rank two", survdiff(Surv(TIME, EVENT) ~ ARM, d))
log_rank("log-rank two stratified", survdiff(Surv(TIME, EVENT) ~ ARM + strata(STRATUM), d))
log_rank("log-rank three", survdiff(Surv(TIME, EVENT) ~ STRATUM, d))
log_rank("log-rank three stratified", survdiff(Surv(TIME, EVENT) ~ STRATUM + strata(ARM), d))
d$ROUNDED <- ceiling(d$TIME / 4)
log_rank("log-rank ties stratified", survdiff(Surv(ROUNDED, EVENT) ~ STRATUM + strata(ARM), d))


# --- more intervals of one proportion; Agresti-Coull written out
for (x in counts) for (level in c(0.9, 0.95)) {
  case <- sprintf("%d/%d at %g", x[1], x[2], level); a <- (1 - level) / 2
  j <- qbeta(c(a, 1 - a), x[1] + 0.5, x[2] - x[1] + 0.5)
  if (x[1] == 0) j[1] <- 0
  if (x[1] == x[2]) j[2] <- 1
  put_all(paste("jeffreys", case), list(low = j[1], high = j[2]))
  z <- qnorm(1 - a); m <- x[2] + z^2; p <- (x[1] + z^2 / 2) / m
  put_all(paste("agresti-coull", case), list(low = max(p - z * sqrt(p * (1 - p) / m), 0), high = min(p + z * sqrt(p * (1 - p) / m), 1)))
}

# --- score limits of Miettinen and Nurminen by numerical maximisation, in one table and over strata
restricted <- function(y1, n1, y0, n0, delta) {
  lik <- function(p0) { p1 <- p0 + delta
    sum(ifelse(y1 > 0, y1 * log(p1), 0), ifelse(n1 > y1, (n1 - y1) * log(1 - p1), 0),
        ifelse(y0 > 0, y0 * log(p0), 0), ifelse(n0 > y0, (n0 - y0) * log(1 - p0), 0)) }
  ends <- c(max(0, -delta), min(1, 1 - delta))
  p0 <- optimize(function(p) { v <- lik(p); if (is.finite(v)) v else -1e10 }, ends, maximum = TRUE, tol = 1e-14)$maximum
  c(p0 + delta, p0)
}
score_z <- function(t, delta) {
  w <- with(t, n1 * n0 / (n1 + n0)); w <- w / sum(w)
  v <- sapply(seq_len(nrow(t)), function(i) with(t[i, ], { p <- restricted(y1, n1, y0, n0, delta)
    (p[1] * (1 - p[1]) / n1 + p[2] * (1 - p[2]) / n0) * (n1 + n0) / (n1 + n0 - 1) }))
  (sum(w * (t$y1 / t$n1 - t$y0 / t$n0)) - delta) / sqrt(sum(w^2 * v))
}
score_limits <- function(t, level = 0.95) {
  z <- qnorm((1 + level) / 2); w <- with(t, n1 * n0 / (n1 + n0)); d <- sum(w * (t$y1 / t$n1 - t$y0 / t$n0)) / sum(w)
  c(value = d, low = uniroot(function(x) score_z(t, x) - z, c(-0.99999, d - 1e-9), tol = 1e-12)$root,
    high = uniroot(function(x) score_z(t, x) + z, c(d + 1e-9, 0.99999), tol = 1e-12)$root,
    p_value = 2 * pnorm(-abs(score_z(t, 0))))
}
for (x in list(c(77, 84, 65, 86), c(76, 84, 65, 86), c(3, 10, 9, 12), c(51, 120, 33, 120), c(5, 56, 0, 29))) {
  t <- data.frame(y1 = x[1], n1 = x[2], y0 = x[3], n0 = x[4])
  put_all(paste("miettinen-nurminen", paste(x, collapse = " ")), as.list(score_limits(t)))
}
by_stratum <- function(y) { a <- table(d$ARM, d[[y]], d$STRATUM)
  data.frame(y1 = a["TRT", "1", ], n1 = colSums(a["TRT", , ]), y0 = a["PBO", "1", ], n0 = colSums(a["PBO", , ])) }
put_all("miettinen-nurminen-score RESP", as.list(score_limits(by_stratum("RESP"))))
t <- by_stratum("RESP"); z <- qnorm(0.975)
each <- sapply(1:3, function(i) score_limits(t[i, ]))
mid <- (each["low", ] + each["high", ]) / 2; err <- (each["high", ] - each["low", ]) / (2 * z)
value <- sum(mid / err^2) / sum(1 / err^2); se <- sqrt(1 / sum(1 / err^2))
put_all("miettinen-nurminen-summary-score RESP", list(value = value, se = se, low = value - z * se, high = value + z * se,
  p_value = 2 * pnorm(-abs(value / se))))
# Greenland and Robins' variance by resampling theory: independent binomials, weights fixed
w <- with(t, n1 * n0 / (n1 + n0)); w <- w / sum(w)
value <- sum(w * (t$y1 / t$n1 - t$y0 / t$n0))
se <- sqrt(sum(w^2 * (t$y1 / t$n1 * (1 - t$y1 / t$n1) / t$n1 + t$y0 / t$n0 * (1 - t$y0 / t$n0) / t$n0)))
put_all("greenland-robins RESP", list(value = value, se = se, low = value - z * se, high = value + z * se))
suppressMessages(library(epiR))
e <- epi.2by2(table(factor(d$ARM, c("TRT", "PBO")), factor(d$RESP, c(1, 0)), d$STRATUM), method = "cohort.count")$massoc.detail
put_all("stratified risk ratio RESP", list(value = e$RR.mh.wald$est, low = e$RR.mh.wald$lower, high = e$RR.mh.wald$upper))

# --- exact test over strata, generalised Cochran-Mantel-Haenszel
cube <- function(y) table(factor(d$ARM, c("TRT", "PBO")), factor(d[[y]], c(1, 0)), d$STRATUM)
for (y in c("RESP", "RARE")) {
  e <- mantelhaen.test(cube(y), exact = TRUE)
  put_all(paste("exact cmh", y), list(p_value = e$p.value, value = e$estimate[[1]], low = e$conf.int[1], high = e$conf.int[2]))
}
d$GRADE <- pmin(d$AECOUNT, 3)
e <- mantelhaen.test(table(d$GRADE, d$STRATUM, d$ARM))
put_all("association general", list(chi_square = e$statistic[[1]], df = e$parameter[[1]], p_value = e$p.value))
e <- mantelhaen.test(table(d$GRADE, d$ARM, d$STRATUM))
put_all("association general two", list(chi_square = e$statistic[[1]], df = e$parameter[[1]], p_value = e$p.value))
quadratic <- function(case, formula, data, ...) { e <- independence_test(formula, data, teststat = "quadratic", ...)
  put_all(case, list(chi_square = statistic(e)[[1]], p_value = pvalue(e)[[1]])) }
d$ARM2 <- factor(d$ARM); d$NUMBER <- as.integer(d$STRATUM)
quadratic("association row-means", GRADE ~ STRATUM | ARM2, d)
quadratic("association row-means two", GRADE ~ ARM2 | STRATUM, d)
quadratic("association correlation", GRADE ~ NUMBER | ARM2, d)
ridit <- function(v, b) ave(v, b, FUN = function(x) rank(x) / (length(x) + 1))
d$RIDIT <- ridit(d$GRADE, d$STRATUM); d$RIDIT2 <- ridit(d$GRADE, d$ARM2)
quadratic("association van elteren", RIDIT ~ ARM2 | STRATUM, d)
quadratic("association van elteren three", RIDIT2 ~ STRATUM | ARM2, d)

# --- unconditional exact tests: the tail summed over all tables, the largest over a fine grid and then by a search
unconditional <- function(n1, n0, extreme) {
  w <- function(p) sum(outer(dbinom(0:n1, n1, p), dbinom(0:n0, n0, p))[extreme])
  grid <- seq(0.0005, 0.9995, 0.0005); v <- sapply(grid, w); top <- order(v, decreasing = TRUE)[1:5]
  max(sapply(top, function(i) optimize(w, pmin(pmax(grid[i] + c(-1, 1) * 0.0005, 0), 1), maximum = TRUE, tol = 1e-12)$objective), v)
}
barnard <- function(y1, n1, y0, n0, pooled) {
  z <- outer(0:n1, 0:n0, function(a, b) { p <- (a + b) / (n1 + n0); p1 <- a / n1; p0 <- b / n0
    v <- if (pooled) p * (1 - p) * (1 / n1 + 1 / n0) else p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0
    ifelse(p1 == p0, 0, (p1 - p0) / sqrt(v)) })
  unconditional(n1, n0, abs(z) >= abs(z[y1 + 1, y0 + 1]) - 1e-9)
}
boschloo <- function(y1, n1, y0, n0) {
  tail <- function(sign) { f <- outer(0:n1, 0:n0, Vectorize(function(a, b) if (sign > 0) phyper(a, n1, n0, a + b) else
      phyper(a - 1, n1, n0, a + b, lower.tail = FALSE)))
    unconditional(n1, n0, f <= f[y1 + 1, y0 + 1] * (1 + 1e-9)) }
  min(2 * min(tail(1), tail(-1)), 1)
}
for (x in list(c(7, 15, 12, 15), c(3, 10, 9, 12), c(1, 34, 7, 34), c(0, 9, 4, 8))) {
  case <- paste(x, collapse = " ")
  put(paste("z-pooled", case), "p_value", barnard(x[1], x[2], x[3], x[4], TRUE))
  put(paste("z-unpooled", case), "p_value", barnard(x[1], x[2], x[3], x[4], FALSE))
  put(paste("boschloo", case), "p_value", boschloo(x[1], x[2], x[3], x[4]))
}

# --- ranks. wilcox.test finds the limits under the normal approximation by a search that stops at 1e-4.
a <- d$AGE[d$ARM == "TRT"]; b <- d$AGE[d$ARM == "PBO"]; un <- function(x) x + seq_along(x) * 1e-3
w <- function(case, e) put_all(case, list(p_value = e$p.value, value = e$estimate[[1]], low = e$conf.int[1], high = e$conf.int[2]))
for (k in c(4, 7, 12)) for (level in c(0.9, 0.95)) {
  x <- un(a)[1:k]; y <- un(b)[1:(k + 2)] + 0.0004
  w(paste("rank sum exact", k, level), wilcox.test(x, y, exact = TRUE, conf.int = TRUE, conf.level = level))
  w(paste("signed rank exact", k, level), wilcox.test(x, y[1:k], paired = TRUE, exact = TRUE, conf.int = TRUE, conf.level = level))
}
for (correct in c(FALSE, TRUE)) {
  w(paste("rank sum normal", tolower(correct)), wilcox.test(a, b, exact = FALSE, correct = correct, conf.int = TRUE))
  w(paste("rank sum tied", tolower(correct)), wilcox.test(d$AECOUNT[1:30], d$AECOUNT[31:70], exact = FALSE, correct = correct, conf.int = TRUE))
  w(paste("signed rank normal", tolower(correct)), wilcox.test(a, b, paired = TRUE, exact = FALSE, correct = correct, conf.int = TRUE))
}
suppressWarnings({
  put("rank sum exact tied", "p_value", wilcox.exact(d$AECOUNT[1:12], d$AECOUNT[13:30], exact = TRUE)$p.value)
  put("rank sum exact tied 2", "p_value", wilcox.exact(d$GRADE[1:20], d$GRADE[101:115], exact = TRUE)$p.value)
  put("signed rank exact tied", "p_value", wilcox.exact(round(a[1:15]), round(b[1:15]), paired = TRUE, exact = TRUE)$p.value)
})

# --- permutation of means, with and without strata
perm <- function(case, rows, strata) { s <- d[rows, ]
  f <- if (strata) AECOUNT ~ factor(ARM) | factor(STRATUM) else AECOUNT ~ factor(ARM)
  e <- independence_test(f, s, distribution = exact(algorithm = if (strata) "shift" else "auto"))
  put(case, "p_value", pvalue(e)[[1]]) }
perm("permutation 14", 1:14, FALSE); perm("permutation 30", 1:30, FALSE); perm("permutation 16 stratified", 1:16, TRUE)

# --- logistic regression; likelihood ratio p-values by refitting
tight <- glm.control(epsilon = 1e-14, maxit = 100)
logistic <- function(case, formula, names) {
  g <- glm(formula, binomial, d, control = tight)
  g <- glm(formula, binomial, d, control = tight, start = coef(g)); s <- summary(g)$coefficients  # errors at the end
  X <- model.matrix(g)
  for (i in seq_along(names)) { z <- qnorm(0.975)
    null <- glm.fit(X[, -i, drop = FALSE], g$y, family = binomial(), control = tight)$deviance
    put_all(paste("logistic", case, names[i]), list(value = s[i, 1], se = s[i, 2], p_value = pchisq(null - g$deviance, 1, lower.tail = FALSE)))
    put_all(paste("logistic wald", case, names[i]), list(value = s[i, 1], se = s[i, 2], p_value = s[i, 4], low = s[i, 1] - z * s[i, 2],
      high = s[i, 1] + z * s[i, 2]))
    # profile limits by the definition, each point refitted with the coefficient as an offset
    dev <- function(b) glm.fit(X[, -i, drop = FALSE], g$y, family = binomial(), offset = b * X[, i], control = tight)$deviance - g$deviance - z^2
    put_all(paste("logistic profile", case, names[i]), list(low = uniroot(dev, s[i, 1] + c(-6, 0) * s[i, 2], tol = 1e-12)$root,
      high = uniroot(dev, s[i, 1] + c(0, 6) * s[i, 2], tol = 1e-12)$root)) }
}
d$AGEC <- d$AGE - mean(d$AGE)
logistic("RESP", RESP ~ ARM + STRATUM + AGEC, c("intercept", "arm=TRT", "STRATUM=B", "STRATUM=C", "AGE"))
logistic("arms", RESP ~ STRATUM + AGEC, c("intercept", "arm=B", "arm=C", "AGE"))
suppressMessages(library(brglm2))
firth <- function(case, formula, data, names) {
  g <- glm(formula, binomial, data, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 500); s <- summary(g)$coefficients
  X <- model.matrix(g); y <- g$y
  pen <- function(b) { eta <- drop(X %*% b); p <- plogis(eta)
    sum(y * eta - log1p(exp(eta))) + 0.5 * determinant(t(X) %*% (X * (p * (1 - p))))$modulus[[1]] }
  top <- pen(coef(g))
  for (i in seq_along(names)) {
    prof <- function(v) { b <- coef(g); b[i] <- v
      h <- function(q) { b[-i] <- q; -pen(b) }
      if (length(b) == 2) -optimize(h, b[-i] + c(-12, 12), tol = 1e-12)$objective else {
        o <- optim(b[-i], h, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000, parscale = abs(s[-i, 2])))
        -optim(o$par, h, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 5000, parscale = abs(s[-i, 2])))$value } }
    f <- function(v) 2 * (top - prof(v)) - qchisq(0.95, 1)
    put_all(paste("firth", case, names[i]), list(value = s[i, 1], se = s[i, 2]))
    put_all(paste("firth profile", case, names[i]), list(low = uniroot(f, s[i, 1] + c(-8, 0) * s[i, 2], tol = 1e-10)$root,
      high = uniroot(f, s[i, 1] + c(0, 8) * s[i, 2], tol = 1e-10)$root, p_value = pchisq(2 * (top - prof(0)), 1, lower.tail = FALSE)))
  }
}
firth("RARE", RARE ~ ARM + AGEC, d, c("intercept", "arm=TRT", "AGE"))
firth("RESP", RESP ~ ARM, d, c("intercept", "arm=TRT"))
tiny <- data.frame(y = c(1, 1, 1, 1, 0, 1, 0, 0), ARM = rep(c("TRT", "PBO"), each = 4)); tiny$ARM <- factor(tiny$ARM, c("PBO", "TRT"))
firth("separated", y ~ ARM, tiny, c("intercept", "arm=TRT"))
standardised <- function(case, formula, variance) {
  g <- glm(formula, binomial, d, control = tight); g <- glm(formula, binomial, d, control = tight, start = coef(g)); X1 <- X0 <- model.matrix(g); X1[, "ARMTRT"] <- 1; X0[, "ARMTRT"] <- 0
  f <- function(b) mean(plogis(X1 %*% b)) - mean(plogis(X0 %*% b)); b <- coef(g)
  grad <- sapply(seq_along(b), function(i) { h <- 1e-4 * max(abs(b[i]), 1e-2); e <- replace(0 * b, i, h)
    (8 * (f(b + e) - f(b - e)) - (f(b + 2 * e) - f(b - 2 * e))) / (12 * h) })
  v <- if (variance == "model") vcov(g) else sandwich::vcovHC(g, "HC0")
  se <- sqrt(drop(grad %*% v %*% grad)); z <- qnorm(0.975)
  put_all(case, list(value = f(b), se = se, low = f(b) - z * se, high = f(b) + z * se, p_value = 2 * pnorm(-abs(f(b) / se))))
}
for (v in c("model", "robust")) { standardised(paste("standardised", v), RESP ~ ARM + STRATUM + AGE, v)
  standardised(paste("standardised alone", v), RESP ~ ARM, v) }

# --- Cox regression with three ways to treat ties, and restricted means
for (ties in c("efron", "breslow", "exact")) for (time in c("TIME", "ROUNDED")) for (strata in c(FALSE, TRUE)) {
  d$T <- d[[time]]
  f <- if (strata) Surv(T, EVENT) ~ ARM + AGEC + strata(STRATUM) else Surv(T, EVENT) ~ ARM + AGEC
  g <- coxph(f, d, ties = ties, control = coxph.control(eps = 1e-13, iter.max = 50)); s <- summary(g)
  case <- paste("cox", ties, time, tolower(strata)); z <- qnorm(0.975)
  for (i in 1:2) put_all(paste(case, c("arm=TRT", "AGE")[i]), list(value = coef(g)[[i]], se = sqrt(vcov(g)[i, i]),
    low = coef(g)[[i]] - z * sqrt(vcov(g)[i, i]), high = coef(g)[[i]] + z * sqrt(vcov(g)[i, i]),
    p_value = 2 * pnorm(-abs(coef(g)[[i]] / sqrt(vcov(g)[i, i])))))
  put_all(paste(case, "model"), list(null_log_likelihood = g$loglik[1], log_likelihood = g$loglik[2]))
  b <- coef(g)
  put(paste(case, "likelihood-ratio"), "chi_square", 2 * diff(g$loglik))
  put(paste(case, "score"), "chi_square", g$score)
  put(paste(case, "wald"), "chi_square", g$wald.test[[1]])
}
rmst <- function(rows, tau) { s <- summary(survfit(Surv(TIME, EVENT) ~ 1, d[rows, ]), rmean = tau)$table; c(s[["rmean"]], s[["se(rmean)"]]) }
for (tau in c(6, 12, 18)) {
  t1 <- rmst(d$ARM == "TRT", tau); t0 <- rmst(d$ARM == "PBO", tau); z <- qnorm(0.975)
  put_all(paste("restricted mean TRT", tau), list(value = t1[1], se = t1[2])); put_all(paste("restricted mean PBO", tau), list(value = t0[1], se = t0[2]))
  se <- sqrt(t1[2]^2 + t0[2]^2)
  put_all(paste("restricted mean difference", tau), list(value = t1[1] - t0[1], se = se, p_value = 2 * pnorm(-abs((t1[1] - t0[1]) / se))))
}

# --- rates and counts
for (x in list(c(10, 25), c(0, 12.5), c(137, 24.19893), c(1, 3))) for (level in c(0.9, 0.95)) {
  e <- poisson.test(x[1], x[2], conf.level = level)
  put_all(sprintf("rate %d %g at %g", x[1], x[2], level), list(value = e$estimate[[1]], low = e$conf.int[1], high = e$conf.int[2]))
}
for (x in list(c(11, 800, 23, 1017), c(6, 31.2, 4, 30.1), c(0, 20, 5, 21.5), c(7, 12, 0, 14))) {
  case <- paste(x, collapse = " "); e <- poisson.test(x[c(1, 3)], x[c(2, 4)]); z <- qnorm(0.975)
  put_all(paste("rate ratio", case), list(value = e$estimate[[1]], low = e$conf.int[1], high = e$conf.int[2], p_value = e$p.value))
  r <- x[c(1, 3)] / x[c(2, 4)]; l <- sapply(1:2, function(i) poisson.test(x[2 * i - 1], x[2 * i])$conf.int)
  put_all(paste("rate difference mover", case), list(value = r[1] - r[2], low = r[1] - r[2] - sqrt((r[1] - l[1, 1])^2 + (l[2, 2] - r[2])^2),
    high = r[1] - r[2] + sqrt((l[2, 1] - r[1])^2 + (r[2] - l[1, 2])^2)))
  if (min(x[c(1, 3)]) > 0) {
    g <- glm(x[c(1, 3)] ~ c(1, 0), family = poisson, offset = log(x[c(2, 4)]), control = tight); s <- summary(g)$coefficients[2, ]
    put_all(paste("rate ratio wald", case), list(value = exp(s[[1]]), se = s[[2]], p_value = s[[4]], low = exp(s[[1]] - z * s[[2]]), high = exp(s[[1]] + z * s[[2]])))
    g <- glm(x[c(1, 3)] ~ 0 + I(x[c(2, 4)] * c(1, 0)) + I(x[c(2, 4)]), family = poisson("identity"), start = c(r[1] - r[2], r[2]), control = tight)
    s <- summary(g)$coefficients[1, ]
    put_all(paste("rate difference wald", case), list(value = s[[1]], se = s[[2]], p_value = s[[4]], low = s[[1]] - z * s[[2]], high = s[[1]] + z * s[[2]]))
  }
}
count <- function(case, formula, names) {
  p <- glm(update(formula, . ~ . + offset(log(EXPOSURE))), poisson, d, control = tight)
  p <- glm(update(formula, . ~ . + offset(log(EXPOSURE))), poisson, d, control = tight, start = coef(p)); s <- summary(p)$coefficients
  for (i in seq_along(names)) put_all(paste("poisson", case, names[i]), list(value = s[i, 1], se = s[i, 2], p_value = s[i, 4]))
  g <- glm.nb(update(formula, . ~ . + offset(log(EXPOSURE))), d, control = glm.control(epsilon = 1e-14, maxit = 200))
  s <- summary(g)$coefficients
  for (i in seq_along(names)) put_all(paste("glm.nb", case, names[i]), list(value = s[i, 1], se = s[i, 2], p_value = s[i, 4]))
  put_all(paste("glm.nb", case, "model"), list(theta = g$theta, log_likelihood = as.numeric(logLik(g))))
  # both parameters together: the numerical second derivative of the log-likelihood in (coefficients, theta)
  X <- model.matrix(g); off <- log(d$EXPOSURE)
  ll <- function(q) sum(dnbinom(d$AECOUNT, size = exp(q[length(q)]), mu = exp(drop(X %*% q[-length(q)]) + off), log = TRUE))
  h <- -optimHess(c(coef(g), log(g$theta)), ll, control = list(ndeps = rep(2e-4, length(coef(g)) + 1)))
  se <- sqrt(diag(solve(h)))
  for (i in seq_along(names)) put_all(paste("joint", case, names[i]), list(se = se[[i]]))
}
count("alone", AECOUNT ~ ARM, c("intercept", "arm=TRT"))
count("adjusted", AECOUNT ~ ARM + STRATUM + AGEC, c("intercept", "arm=TRT", "STRATUM=B", "STRATUM=C", "AGE"))

# --- log-rank tests with weights: S^rho by survdiff; S^rho (1 - S)^gamma by a loop over event times and strata
for (rho in c(0.5, 1)) {
  log_rank(sprintf("weighted %g two", rho), survdiff(Surv(TIME, EVENT) ~ ARM, d, rho = rho))
  log_rank(sprintf("weighted %g three stratified", rho), survdiff(Surv(ROUNDED, EVENT) ~ STRATUM + strata(ARM), d, rho = rho))
}
fleming_harrington <- function(case, time, event, arm, strata, rho, gamma) {
  u <- 0; v <- 0
  for (s in unique(strata)) { k <- strata == s; alive <- 1
    for (t in sort(unique(time[k & event == 1]))) {
      n <- sum(k & time >= t); n1 <- sum(k & time >= t & arm == "TRT")
      m <- sum(k & time == t & event == 1); m1 <- sum(k & time == t & event == 1 & arm == "TRT")
      w <- alive^rho * (1 - alive)^gamma
      u <- u + w * (m1 - m * n1 / n)
      if (n > 1) v <- v + w^2 * m * (n1 / n) * (1 - n1 / n) * (n - m) / (n - 1)
      alive <- alive * (1 - m / n)
    } }
  put_all(case, list(chi_square = u^2 / v, p_value = pchisq(u^2 / v, 1, lower.tail = FALSE)))
}
for (powers in list(c(0, 1), c(1, 1), c(0.5, 2))) {
  name <- sprintf("%g %g", powers[1], powers[2])
  fleming_harrington(paste("fleming-harrington", name), d$TIME, d$EVENT, d$ARM, rep(1, nrow(d)), powers[1], powers[2])
  fleming_harrington(paste("fleming-harrington stratified", name), d$ROUNDED, d$EVENT, d$ARM, d$STRATUM, powers[1], powers[2])
}

# --- the test that hazards are proportional
for (ties in c("efron", "breslow")) for (time in c("TIME", "ROUNDED")) for (strata in c(FALSE, TRUE)) for (scale in c("km", "rank", "log", "identity")) {
  d$T <- d[[time]]
  f <- if (strata) Surv(T, EVENT) ~ ARM + AGEC + strata(STRATUM) else Surv(T, EVENT) ~ ARM + AGEC + STRATUM
  g <- coxph(f, d, ties = ties, control = coxph.control(eps = 1e-13, iter.max = 50))
  t <- cox.zph(g, transform = scale)$table
  row.names(t) <- c(ARM = "arm", AGEC = "AGE", STRATUM = "STRATUM", GLOBAL = "global")[row.names(t)]
  for (term in row.names(t)) put_all(paste("proportional", ties, time, tolower(strata), scale, term),
    list(chi_square = t[term, "chisq"], df = t[term, "df"], p_value = t[term, "p"]))
}

# --- Pearson's chi-square, also with Yates' correction, which is cut where a cell is closer than a half
for (x in tables) for (correct in c(FALSE, TRUE)) {
  e <- suppressWarnings(chisq.test(rbind(c(x[1], x[2] - x[1]), c(x[3], x[4] - x[3])), correct = correct))
  put_all(paste("chi-square", tolower(correct), paste(x, collapse = " ")),
    list(chi_square = e$statistic[[1]], df = e$parameter[[1]], p_value = e$p.value))
}

write.csv(do.call(rbind, rows), "r_figures.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
