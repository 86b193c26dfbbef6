"""Mail of the demo and of tests: printed, but not to whom it goes. An address may be a customer's (law 10)."""

from django.core.mail.backends import console
from django.core.mail.message import EmailMessage


class EmailBackend(console.EmailBackend):
    """Prints subject and text, so that whoever tries the demo can follow a link; never a recipient."""

    def write_message(self, message: EmailMessage) -> None:
        """Print one mail."""
        self.stream.write(f"Subject: {message.subject}\n\n{message.body}\n{'-' * 79}\n")
