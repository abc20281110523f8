"""A real SMTP server on this machine, for tests of what the site sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from fixtures_store import free_port


class Postbox:
    """Takes every mail; ``refusing``: none."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.refusing = False
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusing:
            return "451 try again later"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any,
                     _mechanism: str, data: Any) -> AuthResult:  # fmt: skip
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        # not handled: the server says no by itself
        return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def postbox(**how: Any) -> Iterator[Postbox]:
    box = Postbox()
    box.port = free_port()
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        authenticator=box.authenticate,
        auth_require_tls=False,
        server_hostname="localhost",
        ready_timeout=180,  # this machine may be busy
        **how,
    )
    server.start()
    try:
        yield box
    finally:
        server.stop()
