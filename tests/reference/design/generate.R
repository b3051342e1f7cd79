# Writes r_figures.csv: case, quantity, value at full precision. Run `Rscript generate.R` in this folder.
# R 4.2 with rpact, mvtnorm, pwr and mice of Debian 12.
suppressPackageStartupMessages({library(rpact); library(mvtnorm); library(pwr); library(mice)})
out <- NULL
put <- function(case, ...) {
  v <- c(...)
  out <<- rbind(out, data.frame(case = case, quantity = names(v), value = format(unname(v), digits = 17), row.names = NULL))
}
number <- function(name, v) setNames(v, paste0(name, seq_along(v)))

# --- adjusted p-values
p <- c(0.0121, 0.0042, 0.9, 0.03, 0.0142, 0.5, 0.0001)
for (m in c("bonferroni", "holm", "hochberg", "hommel")) put(paste("p.adjust", m), number("p", p.adjust(p, m)))

# --- group-sequential designs (rpact)
design <- function(case, ...) {
  d <- getDesignGroupSequential(...)
  ch <- getDesignCharacteristics(d)
  put(case, number("upper", d$criticalValues), number("spent", d$alphaSpent), drift = sqrt(ch$shift),
      inflation = ch$inflationFactor, null = ch$averageSampleNumber0, half = ch$averageSampleNumber01,
      alternative = ch$averageSampleNumber1)
  if (!is.null(d$futilityBounds) && any(is.finite(d$futilityBounds)) && any(d$futilityBounds > -6))
    put(case, number("lower", d$futilityBounds))
}
t4 <- c(0.2, 0.45, 0.8, 1)
k <- function(...) list(informationRates = t4, ...)
tol <- 1e-10
one <- list(alpha = 0.025, beta = 0.2, sided = 1, tolerance = tol, informationRates = t4)
two <- list(alpha = 0.05, beta = 0.1, sided = 2, tolerance = tol, informationRates = t4)
for (s in list(list("1", one), list("2", two))) {
  run <- function(name, ...) do.call(design, c(list(paste(name, s[[1]])), s[[2]], list(...)))
  run("obrien-fleming-like", typeOfDesign = "asOF")
  run("pocock-like", typeOfDesign = "asP")
  run("hwang-shih-decani -2", typeOfDesign = "asHSD", gammaA = -2)
  run("power 2.5", typeOfDesign = "asKD", gammaA = 2.5)
  run("obrien-fleming", typeOfDesign = "OF")
  run("pocock", typeOfDesign = "P")
  run("wang-tsiatis 0.25", typeOfDesign = "WT", deltaWT = 0.25)
  user <- s[[2]]$alpha * c(0.1, 0.3, 0.7, 1)
  run("user", typeOfDesign = "asUser", userAlphaSpending = user)
}
for (b in c(FALSE, TRUE)) {
  kind <- if (b) "binding" else "non-binding"
  run <- function(name, ...) do.call(design, c(list(paste(name, kind)), one, list(bindingFutility = b, ...)))
  run("obrien-fleming-like obrien-fleming-like", typeOfDesign = "asOF", typeBetaSpending = "bsOF")
  run("obrien-fleming-like pocock-like", typeOfDesign = "asOF", typeBetaSpending = "bsP")
  run("hwang-shih-decani -4 hwang-shih-decani -2", typeOfDesign = "asHSD", gammaA = -4, typeBetaSpending = "bsHSD", gammaB = -2)
  run("power 3 power 2", typeOfDesign = "asKD", gammaA = 3, typeBetaSpending = "bsKD", gammaB = 2)
}
do.call(design, c(list("given futility"), one, list(typeOfDesign = "asOF", futilityBounds = c(-0.5, 0, 0.7), bindingFutility = FALSE)))

# --- crossing probabilities and stage-wise inference by multivariate normal probabilities (mvtnorm)
corr <- outer(t4, t4, function(a, b) sqrt(pmin(a, b) / pmax(a, b)))
mvn <- function(lo, hi, drift, k) as.numeric(pmvnorm(lo, hi, drift * sqrt(t4[1:k]), corr[1:k, 1:k, drop = FALSE],
                                                       algorithm = Miwa(steps = 1024)))
up <- c(3.1, 2.7, 2.3, 2.02); lo <- c(-0.6, 0.1, 1.1, 2.02)
stage <- function(drift, low, k, z) {  # reach look k inside the bounds and be above z there
  if (k == 1) return(pnorm(drift * sqrt(t4[1]) - z))
  mvn(c(low[1:(k - 1)], z), c(up[1:(k - 1)], Inf), drift, k)
}
for (drift in c(0, 1.5, 3)) {
  above <- sapply(1:4, function(k) stage(drift, lo, k, up[k]))
  below <- sapply(1:4, function(k) if (k == 1) pnorm(lo[1] - drift * sqrt(t4[1])) else
    mvn(c(lo[1:(k - 1)], -Inf), c(up[1:(k - 1)], lo[k]), drift, k))
  put(paste("crossing", drift), number("above", above), number("below", below))
}
d <- getDesignGroupSequential(typeOfDesign = "asOF", alpha = 0.025, informationRates = c(0.4, 0.75, 1), tolerance = tol)
t3 <- c(0.4, 0.75, 1); c3 <- outer(t3, t3, function(a, b) sqrt(pmin(a, b) / pmax(a, b))); u3 <- d$criticalValues
tail3 <- function(drift, k, z) {
  s <- 0
  for (j in 1:k) {
    b <- if (j == k) z else u3[j]
    s <- s + if (j == 1) pnorm(drift * sqrt(t3[1]) - b) else as.numeric(pmvnorm(c(rep(-Inf, j - 1), b), c(u3[1:(j - 1)], Inf),
      drift * sqrt(t3[1:j]), c3[1:j, 1:j], algorithm = Miwa(steps = 1024)))
  }
  s
}
for (case in list(c(1, 3.5), c(2, 2.6), c(3, 2.2), c(3, 1.1))) {
  f <- function(target) uniroot(function(x) tail3(x, case[1], case[2]) - target, c(-8, 16), tol = 1e-11)$root
  put(paste("stagewise", case[1], case[2]), p = tail3(0, case[1], case[2]), value = f(0.5), low = f(0.025), high = f(0.975))
}

# --- sample sizes: base R, pwr, rpact
put("power.t.test", n = power.t.test(delta = 5, sd = 12, power = 0.9, strict = TRUE)$n,
    power = power.t.test(n = 40, delta = 5, sd = 12, strict = TRUE)$power,
    delta = power.t.test(n = 40, sd = 12, power = 0.8, strict = TRUE)$delta,
    one_sided_n = power.t.test(delta = 5, sd = 12, power = 0.9, alternative = "one.sided", sig.level = 0.025)$n)
put("pwr.t2n", power = pwr.t2n.test(n1 = 60, n2 = 30, d = 0.6)$power)
put("power.prop.test", n = power.prop.test(p1 = 0.5, p2 = 0.75, power = 0.9)$n,
    power = power.prop.test(n = 50, p1 = 0.5, p2 = 0.75)$power)
put("arcsine", n = pwr.2p.test(h = ES.h(0.75, 0.5), power = 0.9, alternative = "greater", sig.level = 0.025)$n,
    power = pwr.2p2n.test(h = ES.h(0.75, 0.5), n1 = 60, n2 = 40, alternative = "greater", sig.level = 0.025)$power)
a <- list(alpha = 0.025, beta = 0.2, sided = 1)
do <- function(f, ...) do.call(f, c(a, list(...)))
put("means rpact", t = do(getSampleSizeMeans, alternative = 5, stDev = 12)$nFixed,
    z = do(getSampleSizeMeans, alternative = 5, stDev = 12, normalApproximation = TRUE)$nFixed,
    t_2to1 = do(getSampleSizeMeans, alternative = 5, stDev = 12, allocationRatioPlanned = 2)$nFixed,
    z_margin = do(getSampleSizeMeans, alternative = 0, thetaH0 = -4, stDev = 12, normalApproximation = TRUE)$nFixed)
put("proportions rpact", n = do(getSampleSizeRates, pi1 = 0.75, pi2 = 0.5)$nFixed,
    n_2to1 = do(getSampleSizeRates, pi1 = 0.75, pi2 = 0.5, allocationRatioPlanned = 2)$nFixed,
    one = do(getSampleSizeRates, groups = 1, pi1 = 0.5, thetaH0 = 0.3)$nFixed)
fish <- function(n1, n0, p1, p0, alpha, side) {  # exact power by enumeration, R's own test
  x <- outer(0:n1, 0:n0, Vectorize(function(i, j) fisher.test(matrix(c(i, n1 - i, j, n0 - j), 2), alternative = side)$p.value <= alpha))
  sum(x * outer(dbinom(0:n1, n1, p1), dbinom(0:n0, n0, p0)))
}
put("fisher", two = fish(25, 20, 0.7, 0.3, 0.05, "two.sided"), greater = fish(25, 20, 0.7, 0.3, 0.025, "greater"),
    null = fish(25, 20, 0.4, 0.4, 0.05, "two.sided"))
s <- function(...) do(getSampleSizeSurvival, hazardRatio = 0.6, ...)
put("survival events", schoenfeld = s(lambda2 = 0.05, typeOfComputation = "Schoenfeld")$eventsFixed,
    freedman = s(lambda2 = 0.05, typeOfComputation = "Freedman")$eventsFixed,
    schoenfeld_2to1 = s(lambda2 = 0.05, allocationRatioPlanned = 2)$eventsFixed)
for (drop in c(0, 0.1)) {
  v <- s(lambda2 = 0.05, accrualTime = c(0, 12), followUpTime = 18, dropoutRate1 = drop, dropoutRate2 = drop, dropoutTime = 12)
  put(paste("survival accrual", drop), n = v$nFixed, events = v$eventsFixed)
}

# --- pooling (mice::pool on regressions of its nhanes data, and pool.scalar)
imp <- mice(nhanes, m = 8, seed = 123, print = FALSE)
fit <- with(imp, lm(chl ~ age + bmi))
pl <- pool(fit)$pooled
each <- t(sapply(fit$analyses, coef)); vars <- t(sapply(fit$analyses, function(x) diag(vcov(x))))
for (j in 1:3) {
  put(paste("pool", j), number("estimate", each[, j]), number("variance", vars[, j]), df_complete = pl$dfcom[j],
      value = pl$estimate[j], within = pl$ubar[j], between = pl$b[j], total = pl$t[j], df = pl$df[j], riv = pl$riv[j],
      lambda = pl$lambda[j], fmi = pl$fmi[j])
  i <- pool.scalar(each[, j], vars[, j], n = Inf, k = 1)
  put(paste("pool", j, "large"), df = i$df, fmi = i$fmi, lambda = i$lambda)
}
small <- with(imp, lm(chl ~ 1)); d1 <- D1(fit, small)$result
put("D1", f = d1[1, 1], df1 = d1[1, 2], df2 = d1[1, 3], p = d1[1, 4], riv = d1[1, 5])
large <- mitml::testModels(fit$analyses, small$analyses, method = "D1")$test  # complete-data df infinite
put("D1 large", f = large[1, 1], df1 = large[1, 2], df2 = large[1, 3], p = large[1, 4], riv = large[1, 5])
for (i in 1:8) { v <- vcov(fit$analyses[[i]])[2:3, 2:3]
  put(paste("D1 input", i), number("estimate", coef(fit$analyses[[i]])[2:3]), number("covariance", as.vector(v))) }
write.csv(out, "r_figures.csv", row.names = FALSE, quote = FALSE)
