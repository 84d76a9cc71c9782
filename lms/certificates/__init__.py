"""Certificates: numbers, register, signed files, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, panels, work, checks and commands."""
    from lms.certificates import (
        audit_names,
        batches,  # noqa: F401 -- registers its work, and that of many
        checking,  # noqa: F401 -- registers its checks
        checkpoints,  # noqa: F401 -- registers its work
        day_files,  # noqa: F401 -- registers its work
        flags,
        issuing,
        traces,
        validity,  # noqa: F401 -- registers its work
    )
    from lms.certificates.views import bp

    app.register_blueprint(bp)
    issuing.init_app()
    flags.init_app()
    audit_names.register()
    traces.register()
    _register_commands(app)
    _register_panels()
    _register_navigation()


def _register_commands(app: Flask) -> None:
    from lms.certificates import day_cli, health_cli, paper_cli, recovery_cli, signed_cli
    from lms.certificates.cli import certificate
    from lms.certificates.desk import cli as desk_cli
    from lms.certificates.register_cli import export_register
    from lms.certificates.seal_cli import seal
    from lms.certificates.verifying.publish_cli import publish

    for command in (
        paper_cli.hand_over,
        paper_cli.signed,
        day_cli.day_file,
        health_cli.health,
        signed_cli.export_to_sign,
        signed_cli.import_signed,
        recovery_cli.unlock,
        recovery_cli.recover,
        recovery_cli.void,
        publish,
        export_register,
        desk_cli.print_,
        desk_cli.originals,
    ):
        certificate.add_command(command)
    app.cli.add_command(certificate)
    app.cli.add_command(seal)


def _register_panels() -> None:
    from lms.certificates import panels
    from lms.courses import participant_hooks
    from lms.courses.views import learning
    from lms.quizzes.views import corrections, results

    participant_hooks.register_column(panels.CertificateColumn())
    participant_hooks.register_panel("certificate", panels.participant_panel)
    registries: tuple[tuple[list[Any], Any], ...] = (
        (learning.HOME_PANELS, panels.learner_panel),
        (results.RESULT_PANELS, panels.result_panel),
        (corrections.CERTIFICATES, panels.numbers_of),
    )
    for registry, panel in registries:
        if panel not in registry:  # several applications share a process in tests
            registry.append(panel)


def _register_navigation() -> None:
    from lms.access import Actor
    from lms.web import navigation

    def learns(actor: Actor) -> bool:
        return not actor.is_staff

    for entry in (
        navigation.Entry(
            "My certificates",
            "certificates.mine",
            "certificate",
            "certificate:see-own",
            20,
            learns,
        ),
        navigation.Entry(
            "Register of certificates",
            "certificates.register",
            "certificate",
            "register:see",
            60,
            below=(
                "/certificates",
                "/certificate-batches",
                "/duplicates",
                "/paper-acts",
                "/print-runs",
            ),
        ),
        navigation.Entry("Seal", "certificates.seal", "key", "seal:manage", 90),
    ):
        if entry.endpoint not in {e.endpoint for e in navigation.ENTRIES}:
            navigation.add(entry)
