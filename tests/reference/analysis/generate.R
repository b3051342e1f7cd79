# Writes r_figures.csv: what R gives for the summaries of outcomes that the tests of the analysis room read.
# Run in this folder: Rscript generate.R   (survival and MASS come with R)
library(survival); library(MASS)
rows <- list()
put <- function(summary, arm, values) for (name in names(values))
  rows[[length(rows) + 1]] <<- data.frame(summary = summary, arm = arm, quantity = name,
    value = ifelse(is.na(values[[name]]), "", sprintf("%.17g", values[[name]])))
d <- read.csv("../statistics/sim_endpoints.csv")
d$ARM <- factor(d$ARM, levels = c("PBO", "TRT"))
tight <- glm.control(epsilon = 1e-14, maxit = 200)
ratio <- function(value, se, p) list(estimate = exp(value), se = se, p_value = p, low = exp(value - qnorm(0.975) * se),
  high = exp(value + qnorm(0.975) * se))

f <- fisher.test(table(d$ARM, d$RARE)[2:1, 2:1])
put("fisher", "TRT", list(p_value = f$p.value))

g <- glm(RESP ~ ARM + AGE, binomial, d, control = tight)
s <- summary(g)$coefficients["ARMTRT", ]
put("logistic wald", "TRT", ratio(s[[1]], s[[2]], s[[4]]))
# Profile limits: where twice the fall of the log-likelihood, refitted with the arm's coefficient held, is 3.84.
held <- function(b) glm(RESP ~ AGE + offset(b * (ARM == "TRT")), binomial, d, control = tight)$deviance
cut <- g$deviance + qchisq(0.95, 1)
low <- uniroot(function(b) held(b) - cut, c(s[[1]] - 5 * s[[2]], s[[1]]), tol = 1e-12)$root
high <- uniroot(function(b) held(b) - cut, c(s[[1]], s[[1]] + 5 * s[[2]]), tol = 1e-12)$root
put("logistic profile", "TRT", list(low = exp(low), high = exp(high), p_value = pchisq(held(0) - g$deviance, 1, lower.tail = FALSE)))

p <- sapply(c("TRT", "PBO"), function(a) mean(predict(g, transform(d, ARM = factor(a, levels(d$ARM))), type = "response")))
put("standardised_risk_difference", "TRT", list(estimate = p[[1]] - p[[2]]))

a <- lm(AECOUNT ~ ARM + AGE, d); s <- summary(a)$coefficients["ARMTRT", ]; ci <- confint(a)["ARMTRT", ]
put("ancova", "TRT", list(estimate = s[[1]], se = s[[2]], p_value = s[[4]], low = ci[[1]], high = ci[[2]]))
w <- wilcox.test(d$AGE[d$ARM == "TRT"], d$AGE[d$ARM == "PBO"], exact = FALSE)
put("rank_sum", "TRT", list(p_value = w$p.value))

for (strata in c(FALSE, TRUE)) {
  formula <- Surv(TIME, EVENT) ~ ARM + AGE
  if (strata) formula <- update(formula, . ~ . + strata(STRATUM))
  s <- summary(coxph(formula, d, ties = "efron", control = coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 50)))$coefficients["ARMTRT", ]
  put(if (strata) "cox stratified" else "cox", "TRT", ratio(s[["coef"]], s[["se(coef)"]], s[["Pr(>|z|)"]]))
}
l <- survdiff(Surv(TIME, EVENT) ~ ARM + strata(STRATUM), d)
put("log_rank stratified", "TRT", list(estimate = l$chisq, p_value = pchisq(l$chisq, 1, lower.tail = FALSE)))

horizon <- min(tapply(d$TIME, d$ARM, max))
area <- lapply(levels(d$ARM), function(a) summary(survfit(Surv(TIME, EVENT) ~ 1, d[d$ARM == a, ]), rmean = horizon)$table)
names(area) <- levels(d$ARM)
for (a in levels(d$ARM)) put("restricted_mean", a, list(estimate = area[[a]][["rmean"]], se = area[[a]][["se(rmean)"]]))
difference <- area$TRT[["rmean"]] - area$PBO[["rmean"]]
se <- sqrt(area$TRT[["se(rmean)"]]^2 + area$PBO[["se(rmean)"]]^2)
put("restricted_mean_difference", "TRT", list(estimate = difference, se = se, p_value = 2 * pnorm(-abs(difference / se)),
  low = difference - qnorm(0.975) * se, high = difference + qnorm(0.975) * se))

for (a in levels(d$ARM)) {
  mine <- d[d$ARM == a, ]
  t <- poisson.test(sum(mine$AECOUNT), sum(mine$EXPOSURE))
  put("rate", a, list(estimate = t$estimate[[1]], low = t$conf.int[1], high = t$conf.int[2]))
}
g <- glm(AECOUNT ~ ARM + offset(log(EXPOSURE)), poisson, d, control = tight)
s <- summary(g)$coefficients["ARMTRT", ]
put("rate_ratio poisson", "TRT", ratio(s[[1]], s[[2]], s[[4]]))
n <- glm.nb(AECOUNT ~ ARM + offset(log(EXPOSURE)), d, control = tight)
put("rate_ratio negative_binomial", "TRT", list(estimate = exp(coef(n)[["ARMTRT"]])))

# Heterogeneity over the strata: the weighted sum of squares of the strata's own log odds ratios and Welch differences,
# by the residuals of a weighted regression on a constant.
parts <- split(d, d$STRATUM)
q <- function(values, ses) sum(resid(lm(values ~ 1, weights = 1 / ses^2), type = "pearson")^2)
fits <- lapply(parts, function(x) summary(glm(RESP ~ ARM, binomial, x, control = tight))$coefficients["ARMTRT", ])
q1 <- q(sapply(fits, `[[`, 1), sapply(fits, `[[`, 2))
put("heterogeneity odds_ratio", "TRT", list(estimate = q1, p_value = pchisq(q1, length(parts) - 1, lower.tail = FALSE)))
tests <- lapply(parts, function(x) t.test(x$AGE[x$ARM == "TRT"], x$AGE[x$ARM == "PBO"]))
q2 <- q(sapply(tests, function(t) t$estimate[[1]] - t$estimate[[2]]), sapply(tests, `[[`, "stderr"))
put("heterogeneity mean_difference", "TRT", list(estimate = q2, p_value = pchisq(q2, length(parts) - 1, lower.tail = FALSE)))

write.csv(do.call(rbind, rows), "r_figures.csv", row.names = FALSE, quote = FALSE)
