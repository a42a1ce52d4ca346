"""What can be wrong with a file, as kinds for programs and sentences for people.

A worker names only the kind; the parent makes the error, so that nothing a broken file says reaches a screen.
"""

from app.errors import N_, Invalid, PortalError, Unavailable

_INVALID = {
    "image_unreadable": N_(
        "This image cannot be shown because the file is damaged. You can still download the original."
    ),
    "image_has_no_pixels": N_("This file belongs to the exam but holds no picture."),
    "image_too_large": N_("This image is too large to be shown here. You can still download the original."),
    "image_is_video": N_("This is a video. It cannot be played here, but you can download it."),
    "image_coding_unknown": N_(
        "This image is stored in a way that this viewer does not know. You can still download the original."
    ),
    "frame_missing": N_("The file ends before this image. The images before it can be shown."),
    "not_an_image": N_("This file belongs to the exam but is not an image."),
    "not_dicom": N_("This file is not a medical image file."),
    "file_missing": N_("This file is not there any more."),
    "file_is_folder": N_("This is a folder, not an image."),
    "document_unreadable": N_(
        "This document cannot be shown because the file is damaged. You can still download the original."
    ),
    "page_missing": N_("The document has no such page."),
}
_UNAVAILABLE = {
    "image_timed_out": N_(
        "This image took too long to open and was stopped. You can still download the original."
    ),
    "image_worker_lost": N_(
        "This image could not be opened: reading it was stopped. You can still download the original."
    ),
    "imaging_busy": N_("Many images are being opened right now. Please wait a minute and try again."),
    "image_cancelled": N_("Opening the image was cancelled."),
    "imaging_closed": N_("The image viewer is closing."),
    "disk_full": N_("The files could not be written. The disk may be full."),
}
_NOTES = {
    "image_cut_short": N_("Part of this image is missing from the file."),
    "coding_guessed": N_(
        "The file does not say correctly how its image is stored; this is our best reading of it."
    ),
    "frames_missing": N_("The file holds fewer images than it says."),
    "size_differs": N_("The image has another size than the file says."),
    "colours_missing": N_("The colours of this image are missing from the file; it is shown in grey."),
    "header_damaged": N_("The description of this image is damaged; some of it may be missing."),
}


class Damaged(Exception):  # noqa: N818 - reads as what happened
    """A file cannot be used; kind is one of this module's words. Raised and caught inside a worker."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def error_of(kind: str) -> PortalError:
    """Return the error that a person is told; an unknown kind is a damaged image."""
    if kind in _UNAVAILABLE:
        return Unavailable(kind, _UNAVAILABLE[kind])
    known = kind if kind in _INVALID else "image_unreadable"
    return Invalid(known, _INVALID[known])


def sentence_of(kind: str) -> str:
    """Return the message id of an error or a note, to show beside a picture."""
    return _NOTES.get(kind) or error_of(kind).sentence
