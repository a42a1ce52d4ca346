"""DICOM files brought in from folders, ZIP files and discs."""

from app.use_case import Noun


class Imports(Noun):
    """DICOM files brought in from folders, ZIP files and discs."""
