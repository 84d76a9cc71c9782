"""A real mail server for the tests: catches, refuses, breaks off."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Catcher:
    """Answers as it is told, and keeps what it accepted."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.offered = 0
        self.on_recipient = ""
        self.on_data = ""
        self.breaks_off = False

    async def handle_RCPT(  # the server's own spelling
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.offered += 1
        if self.on_recipient:
            return self.on_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.on_data:
            return self.on_data
        self.accepted.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients.append(envelope.rcpt_tos)
        if self.breaks_off:
            server.transport.abort()
        return "250 OK"


class Server:
    """The catcher on a free port of the loopback."""

    def __init__(self) -> None:
        self.catcher = Catcher()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.controller = Controller(self.catcher, hostname="127.0.0.1", port=port)

    def start(self) -> str:
        self.controller.start()
        return f"smtp://127.0.0.1:{self.controller.port}"

    def stop(self) -> None:
        if not self.controller.loop.is_closed():
            self.controller.stop(no_assert=True)
