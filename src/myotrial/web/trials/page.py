"""``/trials``: every address of it. The number of a trial may hold a slash, so the longest addresses come first."""

from fastapi import APIRouter

from myotrial.web.trials import compare_page, list_page, outcome_page, plain_page, trial_page, versions_page

router = APIRouter()
for _page in (list_page, compare_page, outcome_page, plain_page, versions_page, trial_page):
    router.include_router(_page.router)
