"""A page that shows how far some work has come follows it in place, and says so aloud."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

DRAWN = """<!doctype html><html lang="ro"><title>Lucru</title><main>
<label class="progress"><span class="progress-label">{done} din 8</span>
<progress value="{done}" max="8"></progress></label><button>Oprește</button></main>
{script}"""
SCRIPT = '<script type="module" src="/static/working.js"></script>'


def test_work_is_followed_in_place_told_by_quarters_and_drawn_anew_at_its_end(open_context):
    page: Page = open_context().new_page()
    now = {"done": 1, "script": SCRIPT}
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))

    def answer(route: Route) -> None:
        route.fulfill(body=DRAWN.format(**now), content_type="text/html")

    page.route("**/lucru", answer)
    page.goto("/lucru")
    told = page.locator("main [role=status]")
    expect(told).to_be_attached()
    page.locator("button").focus()
    now["done"] = 4
    expect(page.locator(".progress-label")).to_have_text("4 din 8")
    expect(page.locator("progress")).to_have_js_property("value", 4)
    expect(told).to_have_text("4 din 8")
    expect(page.locator("button")).to_be_focused()  # whoever is about to stop it isn't thrown off
    assert len(loads) == 1
    now["done"] = 5
    expect(page.locator(".progress-label")).to_have_text("5 din 8")
    expect(told).to_have_text("4 din 8")
    now.update(done=8, script="")
    expect(page.locator(".progress-label")).to_have_text("8 din 8")
    expect(told).to_have_count(0)
    assert len(loads) == 2
