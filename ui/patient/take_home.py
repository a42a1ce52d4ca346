"""A download to the patient's own phone: a square code to scan, spent there by a button (R25, R41, D21)."""

import segno
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.exams import DownloadOffer
from ui.patient.parts import Split
from ui.patient.touch_page import Kiosk, TouchPage
from ui.patient.usb_stick import SaveToStick
from ui.patient.what import What
from ui.widgets.button import Button
from ui.widgets.layout import Card
from ui.widgets.text import Text

QR_SIDE, LARGEST = 320, 640  # px
QUIET = 4  # modules of white round the code (ISO/IEC 18004)


class TakeHome(TouchPage):
    """Shows the code, what to do, and until when it works."""

    def __init__(self, kiosk: Kiosk, what: What) -> None:
        super().__init__(kiosk, "take_home")
        self._what = what
        self.code = QrCode()
        self.code.setObjectName("download_code")
        self._until = Text("", "quietText")
        self._until.setObjectName("download_until")
        _ = self._
        said = {
            "report": _("Download your report"),
            "image_png": _("Download this image"),
            "image_jpeg": _("Download this image"),
            "film": _("Download this film"),
            "all_zip": _("Download all images"),
            "dicom_zip": _("Download all images for a doctor"),
        }
        steps = Card(
            None,
            Text(_("1. Open the camera of your phone."), "subheading"),
            Text(_("2. Point it at the square code."), "subheading"),
            Text(_("3. Touch the address that appears, then Download."), "subheading"),
            self._until,
            None,
            Text(
                _("The code works once. Whoever scans it gets the file, so let nobody else scan it."),
                "quietText",
            ),
            gap=3,
            margin=5,
        )
        holder = Card(self.code, margin=4)
        split = Split(holder, steps, shares=(4, 5))
        stick = Button(_("USB stick"), icon_name="usb")
        stick.setObjectName("use_usb_stick")
        stick.clicked.connect(lambda: kiosk.go(SaveToStick(kiosk, what)))
        self.lay_out(
            said[what.kind],
            fills=split,
            wide=True,
            action=_("Done"),
            action_name="download_done",
            at_foot=(stick,),
        )
        stick.setVisible(kiosk.station.usb_download)  # only where the clinic turned it on (D21)
        self.primary.clicked.connect(kiosk.go_back)

    def began(self) -> None:
        """Make the offer."""
        acting, what = self.kiosk.acting(), self._what
        self.ask(
            lambda: acting.downloads.offer(
                what.exam_id, what.kind, what.report_id, what.instance_id, what.frame
            ),
            self._show,
        )

    def leave(self) -> None:
        """Take the code off the screen."""
        self.code.show_address("")
        super().leave()

    def _show(self, offer: DownloadOffer) -> None:
        self.code.show_address(offer.url)
        self._until.setText(
            self._(
                "The code works until {moment}.",
                moment=self._.moment(offer.expires_at, self.kiosk.site.time_zone),
            )
        )


class QrCode(QWidget):
    """A QR code in black on white, as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Return the room that the code needs."""
        return QSize(QR_SIDE, QR_SIDE)

    def show_address(self, address: str) -> None:
        """Show the code of an address, or none."""
        self._image = None
        if address:
            modules = [list(line) for line in segno.make(address, error="m", micro=False).matrix]
            side = len(modules)
            image = QImage(side, side, QImage.Format.Format_RGB32)
            for y, line in enumerate(modules):
                for x, is_dark in enumerate(line):
                    image.setPixelColor(x, y, QColor("black" if is_dark else "white"))
            self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's argument
        """Paint each module over whole pixels, so that every camera reads it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        if self._image is not None:
            scale = min(self.width(), self.height(), LARGEST) // (self._image.width() + 2 * QUIET)
            side = self._image.width() * scale
            left, top = (self.width() - side) // 2, (self.height() - side) // 2
            painter.drawImage(left, top, self._image.scaled(side, side))
        painter.end()
