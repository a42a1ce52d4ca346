"""Turns a row into the bytes of a PDF; printing, saving and mailing are other people's business."""

from app.documents.activation import activation_letter
from app.documents.images import ImageSheet, SheetPicture, image_sheet
from app.documents.openings import who_opened
from app.documents.reports import report
from app.documents.reset import reset_slip
from app.documents.sharing import invitation
from app.documents.style import PaperStyle

__all__ = [
    "ImageSheet",
    "PaperStyle",
    "SheetPicture",
    "activation_letter",
    "image_sheet",
    "invitation",
    "report",
    "reset_slip",
    "who_opened",
]
