"""Files as answers in a browser: sent at once, refused in words, held while the line is down."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import PHONE

UPLOAD = """\
// [type:upload] [marks:4] [kinds:pdf docx] [files:1-2] [megabytes:2]
Încărcați acordul de parteneriat, semnat de ambele părți. {}

Acordul se semnează de ambele părți. {TRUE}
"""
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def chosen(name: str, data: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without script"])
def test_a_file_is_handed_in_and_a_wrong_one_refused(
    site, open_context, trainers_page, taken_back, scripted
):
    quiz = steps.publish(trainers_page, UPLOAD, "Cu fișier")
    context = open_context(site.learner(), size=PHONE, java_script_enabled=scripted)
    page = context.new_page()
    page.goto(quiz)
    page.locator("form[action$='/start'] button").click()
    if scripted:
        steps.is_ready(page)
    box = page.locator("[data-item]").filter(has=page.locator("input[type=file]"))
    picker, send = box.locator("input[type=file]"), box.locator("[data-upload]")

    picker.set_input_files([chosen("program.pdf", b"MZ\x90\x00 no document")])
    send.click()
    refusal = box.locator("[data-upload-said] .error") if scripted else page.locator("main")
    expect(refusal).to_contain_text("program.pdf")
    expect(box.locator("[data-files]")).not_to_contain_text("program.pdf")
    picker.set_input_files([chosen("acord.pdf", PDF)])
    send.click()
    expect(box.locator("[data-files]")).to_contain_text("acord.pdf")

    if scripted:
        context.set_offline(True)
        picker.set_input_files([chosen("anexa.pdf", PDF + b"2")])
        send.click()
        expect(box.locator("[data-upload-said]")).to_contain_text("are nevoie de conexiune")
        context.set_offline(False)
        send.click()
    else:
        picker.set_input_files([chosen("anexa.pdf", PDF + b"2")])
        send.click()
    expect(box.locator("[data-files]")).to_contain_text("anexa.pdf")
    page.reload()
    expect(box.locator("[data-files]")).to_contain_text("acord.pdf")
    expect(box.locator("[data-files]")).to_contain_text("anexa.pdf")

    if scripted:
        steps.is_ready(page)
    page.locator("[data-item] input[type=radio]").first.check()
    if scripted:
        steps.is_all_saved(page)
    steps.submit(page)
    page.wait_for_url("**/result")
    expect(page.locator("main")).to_contain_text("acord.pdf")

    trainers_page.goto(f"{quiz}/marking")
    trainers_page.locator(".marking-title").first.click()
    with trainers_page.expect_download() as handed:
        trainers_page.get_by_role("link", name=".pdf").first.click()
    assert handed.value.path().read_bytes().startswith(b"%PDF")
