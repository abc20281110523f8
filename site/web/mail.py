"""Mail that the site sends: one link to whoever files something, nothing else."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from settings import Settings
from web.errors import WebError

WAIT_S = 10.0
"""A process that serves pages waits no longer for a mail server."""


class MailFailed(WebError):
    """The mail server did not take it."""


def send(settings: Settings, to: str, subject: str, text: str) -> None:
    """Hands a mail to our server. Raises MailFailed."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.mail_from, to, subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=_domain(settings))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    try:
        with _server(settings) as server:
            if settings.smtp_user:
                server.login(
                    settings.smtp_user, settings.smtp_password.get_secret_value()
                )
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as problem:
        raise MailFailed(f"no mail could be sent: {type(problem).__name__}") from None


def _server(settings: Settings) -> smtplib.SMTP:
    # a name of ours, or smtplib asks the network for one, which can take long
    where = settings.smtp_host, settings.smtp_port, _domain(settings)
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


def _domain(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2]
