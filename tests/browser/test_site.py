"""The owner in a real browser: what is in danger is two clicks away, in words."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bench import learner
from bench.timing import Timings
from bench.visitor import Visitor
from tests.browser import steps


@pytest.mark.timeout(240)
def test_the_owner_sees_what_is_in_danger_in_one_click_and_has_all_looked_at_in_two(
    site, open_context
):
    made = site.installation.lms_json(
        "user", "create", "--given", "Otilia", "--family", "Proprietar", "--role", "owner"
    )
    with Visitor(site.serving.url, Timings()) as visitor:
        learner.enter(visitor, made["link"])
    page = open_context().new_page()
    steps.sign_in(page, made["sign_in_name"])

    page.locator("a[href$='/site']").first.click()  # the first click
    main = page.locator("main")
    expect(main).to_contain_text("Ceva este în pericol")
    expect(main).to_contain_text("Nu sunt programate copii de siguranță.")
    expect(main).to_contain_text("Odată cu acest disc s-ar pierde tot")

    page.locator("form[action$='/site/look'] button").click()  # the second
    expect(main).to_contain_text("Site-ul se verifică")
    for _second in range(90):
        page.reload()
        if "în curs" not in main.inner_text() and "niciodată" not in main.inner_text():
            break
        page.wait_for_timeout(1000)
    expect(main).to_contain_text("Sigiliul există doar pe această mașină.")
