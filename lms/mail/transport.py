"""Hand a mail to the mail server, and know which of three things happened to it.

Accepted, not accepted, or unknown: the connection broke after the text had been sent and before
the server answered. Only what was certainly not accepted may be sent again.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from lms.mail.message import sender_address

_TIMEOUT_SECONDS = 30
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NotAccepted(Exception):
    """The server has not taken the mail; it may be offered again later."""


class NeverAcceptable(NotAccepted):
    """The server won't ever take this mail; offering it again would be rude."""


class ServerAway(NotAccepted):
    """No mail can be handed over at present."""


class OutcomeUnknown(Exception):
    """The text was sent and no answer came: it may or may not have been accepted."""


class Transport:
    """A connection to the mail server of LMS_SMTP_URL, opened on the first mail."""

    def __init__(
        self,
        url: str,
        *,
        seconds: int = _TIMEOUT_SECONDS,
        tell: Callable[[str], None] = lambda _step: None,
    ) -> None:
        self.seconds = seconds
        self.tell = tell  # each step and the server's answer, for whoever watches
        self.url = urlsplit(url)
        if self.url.scheme not in ("smtp", "smtps") or not self.url.hostname:
            raise ServerAway("LMS_SMTP_URL is not of the form smtp://user:password@host:port")
        self.client: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take leave of the server."""
        if self.client is not None:
            try:
                self.client.quit()
            except (smtplib.SMTPException, OSError):
                self.client.close()
            self.client = None

    def greet(self) -> str:
        """Connect, sign in and ask whether all is well; return the server's answer."""
        client = self._connected()
        try:
            code, words = client.noop()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ServerAway(str(error)) from error
        return f"{code} {words.decode('utf-8', 'replace')}"

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail; return where it was accepted, raise as the classes above say."""
        client = self._connected()
        try:
            self._offer(client, message)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise ServerAway(str(error)) from error
        answer = self._transfer(client, message)
        self.tell(f"mail: {_said(*answer)}")
        if answer[0] != 250:
            raise _refusal(*answer)

    def _connected(self) -> smtplib.SMTP:
        if self.client is None:
            try:
                self.client = self._connect()
            except smtplib.SMTPResponseException as error:
                words = error.smtp_error
                raise ServerAway(
                    _said(error.smtp_code, words if isinstance(words, bytes) else words.encode())
                ) from error
            except (smtplib.SMTPException, OSError) as error:
                raise ServerAway(str(error)) from error
        return self.client

    def _connect(self) -> smtplib.SMTP:
        host = self.url.hostname or ""
        context = ssl.create_default_context()
        client: smtplib.SMTP
        if self.url.scheme == "smtps":
            client = smtplib.SMTP_SSL(
                host, self.url.port or 465, timeout=self.seconds, context=context
            )
        else:
            client = smtplib.SMTP(host, self.url.port or 25, timeout=self.seconds)
        self.tell(
            f"connected to {host}, port {client.sock.getpeername()[1] if client.sock else '?'}"
        )
        try:
            client.ehlo_or_helo_if_needed()
            encrypted = self.url.scheme == "smtps"
            if not encrypted and host not in _LOOPBACK and client.has_extn("starttls"):
                client.starttls(context=context)
                encrypted = True
            self.tell("encrypted" if encrypted else "not encrypted")
            if self.url.username:
                self._sign_in(client, encrypted or host in _LOOPBACK)
        except BaseException:
            client.close()
            raise
        return client

    def _sign_in(self, client: smtplib.SMTP, is_private: bool) -> None:
        """Sign in; a password never travels in the open."""
        if not is_private:
            raise ServerAway("the server offers no encryption, and the password was not sent")
        code, words = client.login(
            unquote(self.url.username or ""), unquote(self.url.password or "")
        )
        self.tell(f"signed in: {_said(code, words)}")

    def _offer(self, client: smtplib.SMTP, message: EmailMessage) -> None:
        recipient = str(message["To"])
        needs_utf8 = not recipient.isascii()
        if needs_utf8 and not client.has_extn("smtputf8"):
            raise NeverAcceptable("the mail server knows only addresses of plain letters")
        options = ["smtputf8"] if needs_utf8 else []
        steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
            lambda: client.mail(sender_address(str(message["From"])), options),
            lambda: client.rcpt(recipient),
            lambda: client.docmd("DATA"),
        )
        names = ("sender", "recipient", "text")
        for name, step, expected in zip(names, steps, (250, 250, 354), strict=True):
            code, words = step()
            self.tell(f"{name}: {_said(code, words)}")
            if code != expected and not (expected == 250 and code == 251):
                self._forget(client)
                raise _refusal(code, words)

    def _transfer(self, client: smtplib.SMTP, message: EmailMessage) -> tuple[int, bytes]:
        body = re.sub(rb"(?m)^\.", b"..", message.as_bytes())
        if not body.endswith(b"\r\n"):
            body += b"\r\n"
        try:
            client.send(body + b".\r\n")
            return client.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise OutcomeUnknown(str(error)) from error

    def _forget(self, client: smtplib.SMTP) -> None:
        """Make the server forget a mail that it refused half way."""
        try:
            client.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None


def _said(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"[:300]


def _refusal(code: int, words: bytes) -> NotAccepted:
    said = _said(code, words)
    return NeverAcceptable(said) if 500 <= code < 600 else NotAccepted(said)
