"""Pictures made here: codes that a phone reads."""

from base64 import b64encode
from io import BytesIO

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_of(address: str) -> str:
    """Return a QR code as an image's address (SVG)."""
    held = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(held)
    return f"data:image/svg+xml;base64,{b64encode(held.getvalue()).decode()}"
