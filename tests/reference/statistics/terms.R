# Type III tests of main effects beside interactions, for the mixed models; writes r_terms.csv.
# Run in this folder: Rscript terms.R   (needs nlme, lme4, pbkrtest, car and lmerTest)
suppressMessages({library(nlme); library(lme4); library(lmerTest); library(car)})
options(contrasts = c("contr.sum", "contr.poly"))
out <- NULL
put <- function(case, term, f, num_df, denom_df = NA, p_value = NA) out <<- rbind(out,
  data.frame(case = case, term = term, f = f, num_df = num_df, denom_df = denom_df, p_value = p_value))

# F of nlme's marginal tests, unstructured covariance, REML. Its denominators are not those of Satterthwaite: left out.
d <- subset(read.csv("../mmrm/sim120x5_3arm.csv", stringsAsFactors = TRUE), !is.na(CHG))
d$TIME <- as.integer(d$VISIT); d <- d[order(d$SUBJ, d$TIME), ]
for (form in c("CHG ~ BASE + SEX + REGION + ARM*VISIT", "CHG ~ SEX + REGION + BASE*VISIT + ARM*VISIT",
               "CHG ~ BASE + SEX*ARM + REGION + ARM*VISIT + SEX:VISIT")) {
  fit <- gls(as.formula(form), d, correlation = corSymm(form = ~ TIME | SUBJ), weights = varIdent(form = ~ 1 | VISIT),
             control = glsControl(tolerance = 1e-12, msTol = 1e-14, msMaxIter = 500, maxIter = 500))
  a <- anova(fit, type = "marginal")
  for (term in rownames(a)[-1]) put(paste("gls", form), term, a[term, "F-value"], a[term, "numDF"])
}

# A random intercept is compound symmetry: Kenward-Roger by car and pbkrtest, Satterthwaite by lmerTest.
s <- read.csv("../mmrm/sim30x4.csv", stringsAsFactors = TRUE)
tight <- lmerControl(optCtrl = list(xtol_abs = 1e-14, ftol_abs = 1e-14))
for (form in c("y ~ base + arm*visit", "y ~ base*arm + arm*visit")) {
  fit <- lmerTest::lmer(as.formula(paste(form, "+ (1 | id)")), s, REML = TRUE, control = tight)
  a <- Anova(fit, type = 3, test.statistic = "F")
  for (term in rownames(a)[-1]) put(paste("kenward-roger", form), term, a[term, "F"], a[term, "Df"], a[term, "Df.res"], a[term, "Pr(>F)"])
  # lmerTest's "III" sets covariates to their mean; its marginal tests, with contrasts that sum to zero, stand at zero
  a <- anova(fit, type = "marginal", ddf = "Satterthwaite")
  for (term in rownames(a)) put(paste("satterthwaite", form), term, a[term, "F value"], a[term, "NumDF"], a[term, "DenDF"], a[term, "Pr(>F)"])
}
for (name in c("f", "denom_df", "p_value")) out[[name]] <- ifelse(is.na(out[[name]]), "", sprintf("%.17g", out[[name]]))
write.csv(out, "r_terms.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, sapply(c("nlme", "lme4", "pbkrtest", "car", "lmerTest"), function(p) as.character(packageVersion(p))), "\n")
