# Fits of sim120x5_3arm.csv by nlme::gls; writes r_nlme.csv. Run in this folder: Rscript nlme.R
library(nlme)
d <- subset(read.csv("sim120x5_3arm.csv"), !is.na(CHG))
d$ARM <- factor(d$ARM, c("PBO", "LOW", "HIGH"))
d$TIME <- as.integer(factor(d$VISIT))
d <- d[order(d$SUBJ, d$TIME), ]
form <- CHG ~ BASE + SEX + REGION + ARM * VISIT
by_visit <- varIdent(form = ~ 1 | VISIT)
structures <- list(
  us = list(corSymm(form = ~ TIME | SUBJ), by_visit), ar1 = list(corAR1(form = ~ TIME | SUBJ), NULL),
  ar1h = list(corAR1(form = ~ TIME | SUBJ), by_visit), cs = list(corCompSymm(form = ~ TIME | SUBJ), NULL),
  csh = list(corCompSymm(form = ~ TIME | SUBJ), by_visit)
)
out <- NULL
for (name in names(structures)) for (method in c("REML", "ML")) {
  s <- structures[[name]]
  fit <- gls(form, d, correlation = s[[1]], weights = s[[2]], method = method,
             control = glsControl(tolerance = 1e-12, msTol = 1e-14, msMaxIter = 500, maxIter = 500))
  out <- rbind(out, data.frame(covariance = name, method = method, quantity = c("logLik", names(coef(fit))),
                               value = c(as.numeric(logLik(fit)), coef(fit))))
}
out$value <- sprintf("%.14g", out$value)
write.csv(out, "r_nlme.csv", row.names = FALSE, quote = FALSE)
