"""Frames, thumbnails and downloads of an exam's images (R35 to R47, D21)."""

from app.use_case import Noun


class Images(Noun):
    """Frames, thumbnails and downloads of an exam's images (R35 to R47, D21)."""
