"""What people do in a browser, step by step."""

from __future__ import annotations

import lxml.html
from playwright.sync_api import Locator, Page, expect

from bench import answers
from bench.learner import PASSWORD

MOST_STEPS = 400


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.locator("input[name=identifier]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()


MODULE_TEST = "main section:not(#start) a[href*='/quizzes/']"


def publish(page: Page, text: str, title: str) -> str:
    """Publish a quiz in the first module from its text, as its trainer; return its address."""
    page.goto("/courses/os2/new-quiz")
    expect(page.locator("form.workshop[data-ready]")).to_be_attached()
    page.locator("input[name=title_ro]").fill(title)
    page.locator("select[name=module]").select_option(index=1)
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="Publicați testul").click()
    expect(page.locator(".notice-ok")).to_contain_text("publicat")
    return page.url.split("?")[0].rsplit("/", 1)[0]


def is_ready(page: Page) -> None:
    """Wait until the paper's script minds the answers."""
    expect(page.locator("form.exam[data-ready]")).to_be_visible()


def start_first_test(page: Page, *, scripted: bool = True) -> None:
    """Go from one's home to the first module's test and start it."""
    page.goto("/learn")
    page.locator("main section.continue a[href*='/courses/']").click()
    page.goto(page.url.split("#")[0].rsplit("/", 2)[0])  # from a lesson to its course
    page.locator(MODULE_TEST).first.click()
    page.locator("form[action$='/start'] button").click()
    expect(page.locator("form.exam")).to_be_visible()
    if scripted:
        is_ready(page)


def boxes(page: Page) -> list[Locator]:
    """Return the questions of the paper."""
    return page.locator("fieldset[data-item]").all()


def give(page: Page, box: Locator, values: answers.Values | None = None) -> answers.Values:
    """Answer a question rightly, by ticking, choosing and typing; return what was given."""
    if values is None:
        values = answers.answer(lxml.html.fromstring(box.evaluate("e => e.outerHTML")))
    for name, chosen in values.items():
        fields = box.locator(f"[name='{name}']")
        kind = fields.first.evaluate("e => e.tagName + (e.type || '')").lower()
        if kind.startswith("select"):
            fields.select_option(chosen)
        elif kind == "inputtext":
            fields.fill(chosen[0])
        else:
            for value in chosen:
                box.locator(f"[name='{name}'][value='{value}']").check()
    return values


def holds(box: Locator, values: answers.Values) -> bool:
    """Whether the question as drawn now holds these answers."""
    for name, chosen in values.items():
        fields = box.locator(f"[name='{name}']")
        kind = fields.first.evaluate("e => e.tagName + (e.type || '')").lower()
        if kind.startswith("select") or kind == "inputtext":
            if fields.input_value() != chosen[0]:
                return False
        elif not all(
            box.locator(f"[name='{name}'][value='{value}']").is_checked() for value in chosen
        ):
            return False
    return True


def is_all_saved(page: Page) -> None:
    """Wait until the page says that everything is saved."""
    page.wait_for_function(
        "() => document.querySelector('form.exam').dataset.waiting === '0'"
        " && /\\d\\d:\\d\\d/.test(document.querySelector('[data-saved]').textContent)",
        timeout=60_000,  # a request that hangs is given up after 15 s and sent again
    )


def submit(page: Page) -> None:
    page.locator(".exam-side button[type=submit]").first.click()


def take_test(page: Page, *, scripted: bool = True) -> None:
    """Answer the open paper and submit it."""
    for box in boxes(page):
        give(page, box)
    if scripted:
        is_all_saved(page)
    submit(page)
    page.wait_for_url("**/result")


def give_opinion(page: Page) -> None:
    """Open the questionnaire from one's home, answer what must be answered, and send it."""
    page.goto("/learn")
    page.locator("section.continue a[href$='/questionnaire']").click()
    names = page.locator("form.survey input[type=radio]:not([value=''])").evaluate_all(
        "all => [...new Set(all.map(e => e.name))]"
    )
    for name in names:
        page.locator(f"input[name='{name}']:not([value=''])").last.check()
    page.locator("form.survey button[type=submit]").click()
    page.wait_for_url("**/questionnaire/thanks")


ALL_TESTS = 1 + 8 + 1  # before the first module, in each, after the last


def learn(page: Page, *, tests: int = ALL_TESTS, scripted: bool = True) -> None:
    """Follow the pages' one obvious next step until so many tests are passed or taken."""
    passed = 0
    for _step in range(MOST_STEPS):
        if page.locator("form[action$='/read']").count():
            page.locator("form[action$='/read'] button").click()
        elif page.locator("form.exam").count():
            take_test(page, scripted=scripted)
            assert page.locator(".verdict-ok").count() == 1, page.locator("main").inner_text()[:300]
            passed += 1
        elif page.url.endswith("/result"):
            if passed == tests:
                return
            page.locator("main a[href='/learn']").first.click()
        elif page.locator("form[action$='/start'] button.button-primary").count():
            page.locator("form[action$='/start'] button").click()
        else:
            page.locator("section.continue a[href*='/courses/']").click()
        page.wait_for_load_state("domcontentloaded")
    raise AssertionError(f"the way does not end; it is at {page.url}")
