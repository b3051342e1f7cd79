# Kenward-Roger of pbkrtest 0.5.2 (lme4 1.1-31, R 4.2.2) for a random intercept, on data simulated here.
suppressMessages({library(lme4);library(pbkrtest);library(nlme)})
set.seed(5); n<-30; v<-4
d<-expand.grid(visit=factor(paste0("w",1:v)),id=1:n); d$arm<-factor(ifelse(d$id%%2==0,"b","a")); base<-rnorm(n,20,4)
d$base<-base[d$id]; d$y<-round(-0.2*d$base+rnorm(n,0,1.5)[d$id]+rnorm(n*v,0,2)+as.integer(d$visit)*(d$arm=="b")*0.3,3)
d<-d[runif(nrow(d))>0.15,]; d$id<-sprintf("S%02d",d$id); write.csv(d,"tests/reference/mmrm/sim30x4.csv",row.names=FALSE)
m<-lmer(y~base+arm*visit+(1|id),d,REML=TRUE,control=lmerControl(optCtrl=list(xtol_abs=1e-14,ftol_abs=1e-14)))
V<-as.matrix(vcovAdj(m)); b<-fixef(m)
out<-data.frame(term=names(b),est=b,se=sqrt(diag(V)),ddf=sapply(seq_along(b),function(i){L<-rep(0,length(b));L[i]<-1;get_Lb_ddf(m,L)}))
write.csv(out,"tests/reference/mmrm/r_pbkrtest.csv",row.names=FALSE)
