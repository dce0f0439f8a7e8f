"""An A4 sheet to draw on: its fonts, its measures and its document properties."""

import io
from pathlib import Path

import reportlab
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from exports.text import clean

PLAIN, BOLD = "Vera", "Vera-Bold"
WIDTH, HEIGHT = A4
MARGIN = 20 * mm
INK, MUTED = "#1a1a1a", "#454545"


def _register_fonts():
    # The library's own open fonts, embedded: they have every Danish letter.
    fonts = Path(reportlab.__file__).parent / "fonts"
    for name, file in ((PLAIN, "Vera.ttf"), (BOLD, "VeraBd.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, fonts / file))


class Sheet:
    """A PDF of A4 pages. `y` is the distance in points from the foot of the page to where the next line goes."""

    def __init__(self, title):
        _register_fonts()
        self._file = io.BytesIO()
        # `invariant`: the same words give the same bytes, and no moment of making stands in the file.
        self.canvas = Canvas(self._file, pagesize=A4, lang="da-DK", invariant=1)
        self.canvas.setTitle(clean(title))
        self.canvas.setAuthor("")
        self.canvas.setCreator("")
        self.y = HEIGHT - MARGIN

    def write(self, text, *, size=11, font=PLAIN, colour=INK, after=4, left=MARGIN, width=None):
        """Set `text` below what stands there, broken into lines; `after` is the space behind it, in millimetres."""
        style = ParagraphStyle("", fontName=font, fontSize=size, leading=size * 1.3, textColor=colour)
        # A sender's or editor's text is never markup.
        escaped = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br/>")
        paragraph = Paragraph(escaped, style)
        _width, height = paragraph.wrap(width or WIDTH - left - MARGIN, HEIGHT)
        self.y -= height
        paragraph.drawOn(self.canvas, left, self.y)
        self.y -= after * mm

    def write_to_fit(self, text, *, most, size, smallest, **options):
        """As `write`, in the largest type of `size` down to `smallest` that takes no more than `most` points."""
        for points in range(size, smallest - 1, -2):
            style = ParagraphStyle(
                "", fontName=options.get("font", PLAIN), fontSize=points, leading=points * 1.3
            )
            escaped = clean(text).replace("&", "&amp;").replace("<", "&lt;")
            if Paragraph(escaped, style).wrap(WIDTH - 2 * MARGIN, HEIGHT)[1] <= most:
                break
        self.write(text, size=points, **options)

    def lines(self, count, *, apart=9, left=MARGIN, right=WIDTH - MARGIN):
        """Draw `count` lines to write on, `apart` millimetres from each other."""
        self.canvas.setStrokeColor(MUTED)
        self.canvas.setLineWidth(0.6)
        for _number in range(count):
            self.y -= apart * mm
            self.canvas.line(left, self.y, right, self.y)
        self.y -= 4 * mm

    def box(self, text, *, left=MARGIN):
        """Draw an empty box to tick, with `text` beside it."""
        self.canvas.setStrokeColor(INK)
        self.canvas.setLineWidth(0.8)
        top = self.y
        self.write(text, size=10, left=left + 7 * mm, after=1.5)
        self.canvas.rect(left, top - 4 * mm, 3.6 * mm, 3.6 * mm)

    def qr(self, address, *, side, left):
        """Draw `address` as a QR code, `side` points wide, with its upper edge at `y`; `y` moves below it."""
        # Level M: a fifteenth may be torn or dirty, and it is still read.
        widget = QrCodeWidget(address, barLevel="M", barBorder=4)
        x0, y0, x1, y1 = widget.getBounds()
        drawing = Drawing(side, side, transform=[side / (x1 - x0), 0, 0, side / (y1 - y0), 0, 0])
        drawing.add(widget)
        self.y -= side
        renderPDF.draw(drawing, self.canvas, left, self.y)

    def next_page(self):
        """Begin a new page."""
        self.canvas.showPage()
        self.y = HEIGHT - MARGIN

    def pdf(self):
        """The finished file's bytes."""
        self.canvas.save()
        return self._file.getvalue()
