"""Files that people bring, small and sound: a paper, a screenshot, a photograph."""

from io import BytesIO

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

WORDS = "signed by nobody"


def paper(*, turned: int = 0, size: tuple[int, int] = (300, 200), pages: int = 1) -> bytes:
    """Return a PDF whose pages say WORDS."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    for _ in range(pages):
        canvas.setPageRotation(turned)
        canvas.drawString(20, 100, WORDS)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(kind: str, *, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    """Return a picture of one colour: "PNG" or "JPEG"."""
    out = BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


PDF, PNG, JPEG = paper(), picture("PNG"), picture("JPEG")
