"""The print desk, by clicks: from an edition's page to the file in two."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bench import registrar
from tests.browser import steps
from tests.browser.test_accessibility import faults
from tests.browser.test_paper import Clicks, certified


@pytest.mark.timeout(240)
def test_the_file_is_two_clicks_from_the_editions_page(site, open_context, tmp_path):
    certified(site.app, site)
    page = open_context(accept_downloads=True).new_page()
    steps.sign_in(page, site.registrar_name)
    page.goto(f"/editions/{registrar.EDITION}")
    click = Clicks(page)
    click(f"a[href='/editions/{registrar.EDITION}/print']")
    assert faults(page) == []
    with page.expect_download() as download:
        click("form.desk .button-large")
    download.value.save_as(tmp_path / "tipar.pdf")
    assert (tmp_path / "tipar.pdf").read_bytes().startswith(b"%PDF")
    assert click.count == 2
    expect(page.locator("h1")).to_contain_text("Tipărirea nr.")
    assert faults(page) == []
