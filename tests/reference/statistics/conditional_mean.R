# Conditional mean imputation with intercurrent events, outside the project's code: the model by nlme::gls (maximum
# likelihood, unstructured), conditional means by plain loops, the comparison by lm, the jackknife by refitting.
# Writes sim44x3.csv (made here, simulated) and r_conditional_mean.csv. Run in this folder: Rscript conditional_mean.R
library(nlme)
RNGversion("4.2.0"); set.seed(11)
n <- 44; arm <- rep(0:1, each = n / 2); base <- round(rnorm(n, 20, 4), 1)
y <- sapply(1:3, function(t) 0.6 * base - t - 1.2 * t * arm) + matrix(rnorm(n * 3), n) %*% chol(9 * 0.6^abs(outer(1:3, 1:3, "-")))
y <- round(y, 1)
ice <- rep(NA, n); ice[c(3, 9, 17, 25, 28, 31, 36, 40, 43)] <- c(2, 3, 3, 2, 3, 2, 3, 3, 1)  # first visit affected, from 1
y[31, 1] <- NA; y[36, 2] <- NA; y[40, 2:3] <- NA  # a gap before the event, and values lost after it
y[5, 3] <- NA; y[30, 3] <- NA; y[12, 1] <- NA     # missing without an event
write.csv(data.frame(arm, base, y1 = y[, 1], y2 = y[, 2], y3 = y[, 3], ice), "sim44x3.csv", row.names = FALSE, na = "")

own <- y
for (i in which(!is.na(ice))) own[i, ice[i]:3] <- NA
estimate <- function(keep, strategy) {
  long <- data.frame(id = rep(seq_len(n), 3), visit = factor(rep(1:3, each = n)), arm = rep(arm, 3), base = rep(base, 3), y = c(own))
  long <- long[!is.na(long$y) & long$id %in% keep, ]; long <- long[order(long$id, long$visit), ]; long$time <- as.integer(long$visit)
  fit <- gls(y ~ visit + arm:visit + base:visit, long, method = "ML", correlation = corSymm(form = ~ time | id),
    weights = varIdent(form = ~ 1 | visit),
    control = glsControl(tolerance = 1e-13, msTol = 1e-15, msMaxIter = 1000, maxIter = 1000))
  # the covariance from the pieces of the fit: correlations of a subject seen at all visits, and the three scales
  full <- names(which(table(long$id) == 3))[1]
  R <- corMatrix(fit$modelStruct$corStruct)[[full]]
  w <- coef(fit$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)[c("1", "2", "3")]
  S <- R * outer(w, w) * fit$sigma^2
  mean_of <- function(i, a) predict(fit, data.frame(visit = factor(1:3), arm = a, base = base[i]))
  last <- numeric(0)
  for (i in keep) {
    v <- own[i, ]; mu <- mean_of(i, arm[i])
    if (arm[i] == 1 && !is.na(ice[i])) {
      ref <- mean_of(i, 0); k <- ice[i]; after <- k:3
      if (strategy == "jump-to-reference") mu[after] <- ref[after]
      if (strategy == "copy-reference") mu <- ref
      if (strategy == "copy-increments") mu[after] <- ref[after] + (if (k > 1) mu[k - 1] - ref[k - 1] else 0)
    }
    m <- is.na(v)
    if (all(m)) v <- mu else if (any(m)) v[m] <- mu[m] + S[m, !m, drop = FALSE] %*% solve(S[!m, !m, drop = FALSE], (v - mu)[!m])
    last <- c(last, v[3])
  }
  coef(lm(last ~ arm[keep] + base[keep]))[[2]]
}
out <- NULL
for (strategy in c("missing-at-random", "jump-to-reference", "copy-reference", "copy-increments")) {
  value <- estimate(1:n, strategy); left <- sapply(1:n, function(i) estimate(setdiff(1:n, i), strategy))
  se <- sqrt((n - 1) / n * sum((left - mean(left))^2)); z <- qnorm(0.975)
  q <- c(value = value, se = se, low = value - z * se, high = value + z * se, p_value = 2 * pnorm(-abs(value / se)))
  out <- rbind(out, data.frame(case = strategy, quantity = names(q), value = sprintf("%.17g", q)))
}
write.csv(out, "r_conditional_mean.csv", row.names = FALSE, quote = FALSE)
