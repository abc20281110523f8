"""Mail that we send: a link to whoever files or watches something, and what moved."""

import smtplib
import ssl
import textwrap
from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from settings import Settings

WAIT_S = 10.0
"""A process that serves pages waits no longer for a mail server."""

WIDTH = 78
"""Characters of a line (RFC 5322, 2.1.1)."""


class MailFailed(Exception):
    """The mail server did not take it. ``final``: it never will."""

    def __init__(self, says: str, *, final: bool = False) -> None:
        super().__init__(says)
        self.final = final


def laid(paragraphs: Iterable[str]) -> str:
    """The text of a mail, in lines as short as mail wants them; an address is never
    broken."""
    return (
        "\n\n".join(
            textwrap.fill(each, WIDTH, break_long_words=False, break_on_hyphens=False)
            for each in paragraphs
        )
        + "\n"
    )


def send(
    settings: Settings,
    to: str,
    subject: str,
    text: str,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Hands a mail to our server; when this returns, it has taken it. ``headers``:
    more of them, a Message-ID among them where the mail has a name of its own.

    Raises MailFailed, which names no address.
    """
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.mail_from, to, subject
    mail["Date"] = formatdate()
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        mail[name] = value
    if "Message-ID" not in mail:
        mail["Message-ID"] = make_msgid(domain=domain(settings))
    mail.set_content(text)
    try:
        server = _server(settings)
        try:
            _hand(server, settings, mail)
        finally:
            _leave(server)
    except (OSError, smtplib.SMTPException) as problem:
        says = f"no mail could be sent: {type(problem).__name__}"
        raise MailFailed(says, final=_final(problem)) from None


def _hand(server: smtplib.SMTP, settings: Settings, mail: EmailMessage) -> None:
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    server.send_message(mail)


def _leave(server: smtplib.SMTP) -> None:
    """A server that says goodbye badly has taken the mail nevertheless."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _final(problem: Exception) -> bool:
    """Whether the one address was refused for good (RFC 5321, 4.2.1: 5yz)."""
    if not isinstance(problem, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _ in problem.recipients.values())


def _server(settings: Settings) -> smtplib.SMTP:
    # a name of ours, or smtplib asks the network for one, which can take long
    where = settings.smtp_host, settings.smtp_port, domain(settings)
    if settings.smtp_tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(*where, timeout=WAIT_S, context=context)
    server = smtplib.SMTP(*where, timeout=WAIT_S)
    if settings.smtp_tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server


def domain(settings: Settings) -> str:
    """Of the address that our mail is from."""
    return settings.mail_from.rpartition("@")[2]
