"""The guide to installing: few lines, and true about files, settings and commands."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from lms.config import Settings, read_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
KNOWN = {f"LMS_{f.name.upper()}" for f in fields(Settings)}


def pasted_lines() -> list[str]:
    """The block of lines that a volunteer pastes."""
    section = GUIDE.partition("## For real")[2].partition("\n## ")[0]
    block = re.search(r"```\n(.*?)```", section, re.DOTALL)
    assert block is not None
    return block[1].strip().splitlines()


def example_values() -> dict[str, str]:
    """The example's settings as a shell reads them."""
    script = f"set -a; . {DEPLOY / 'atestat.env.example'}; env"
    done = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/bin"}
    )
    lines = (line.partition("=") for line in done.stdout.splitlines())
    return {name: value for name, _, value in lines if name.startswith("LMS_")}


def test_a_site_is_installed_in_at_most_twelve_lines():
    assert len(pasted_lines()) <= 12


def test_every_setting_that_is_named_exists():
    named = set(re.findall(r"LMS_[A-Z_0-9]+", GUIDE))
    named |= set(re.findall(r"LMS_[A-Z_0-9]+", (ROOT / "docs/backup.md").read_text("utf-8")))
    assert named <= KNOWN


def test_the_example_of_settings_is_read_by_shell_and_program_alike():
    values = example_values()
    settings = read_settings(values)
    assert settings.mail_from == "Cursuri <cursuri@example.ro>"
    assert settings.smtp_url == "smtp://user:password@mail.example.ro:587"
    assert settings.is_https
    assert settings.behind_proxy == 1


def test_the_unit_names_what_the_guide_lays_down():
    unit = (DEPLOY / "atestat.service").read_text(encoding="utf-8")
    told = " ".join(pasted_lines())
    for path in ("/srv/atestat/program", "/srv/atestat/instance", "/etc/atestat.env"):
        assert path in unit
        assert path in told
    assert example_values()["LMS_INSTANCE"] == "/srv/atestat/instance"
    assert example_values()["LMS_BACKUP_TO"] in unit
    assert "User=atestat" in unit


@pytest.mark.parametrize("name", ["lms", "atestat.service", "atestat.env.example", "Caddyfile"])
def test_each_shipped_file_is_used_by_the_guide(name):
    assert (DEPLOY / name).is_file()
    assert name in " ".join(pasted_lines())


def test_the_address_in_the_caddyfile_is_the_one_that_is_replaced():
    assert "\ncursuri.example.ro {\n" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert example_values()["LMS_BASE_URL"] == "https://cursuri.example.ro"
