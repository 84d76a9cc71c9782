"""Logs: one line an event, escaped, without personal values."""

from __future__ import annotations

import logging
import sys

import structlog
from flask import Flask

from lms.config import Mode, Settings


def init_app(_app: Flask, settings: Settings) -> None:
    """Write events as key=value lines to standard error; JSON in production."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.mode is Mode.PRODUCTION
        else structlog.dev.ConsoleRenderer(
            colors=False,
            # The prettier ones show the values of variables: what somebody has just answered.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info
            if settings.mode is Mode.PRODUCTION
            else structlog.processors.StackInfoRenderer(),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
