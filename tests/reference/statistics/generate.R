# Writes r_figures.csv: what R gives for the cases that the tests of the statistics room read.
# Run in this folder: Rscript generate.R   (needs the recommended package survival)
library(survival)
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

write.csv(do.call(rbind, rows), "r_figures.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
