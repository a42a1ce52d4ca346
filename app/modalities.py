"""DICOM modalities in plain words, for titles (PS3.3 C.7.3.1.1.1)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.errors import N_

_X_RAY = N_("X-ray")
_ULTRASOUND = N_("Ultrasound")
_DENTAL = N_("Dental X-ray")
_MOVING = N_("X-ray film")
_EYE = N_("Eye images")
_PHOTOGRAPH = N_("Photographs")

PLAIN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "CT": N_("CT scan"),
        "MR": N_("MRI scan"),
        "CR": _X_RAY,
        "DX": _X_RAY,
        "RG": _X_RAY,
        "US": _ULTRASOUND,
        "IVUS": _ULTRASOUND,
        "MG": N_("Mammogram"),
        "PT": N_("PET scan"),
        "NM": N_("Nuclear medicine scan"),
        "XA": _MOVING,
        "RF": _MOVING,
        "BMD": N_("Bone density scan"),
        "IO": _DENTAL,
        "PX": _DENTAL,
        "OP": _EYE,
        "OPT": _EYE,
        "ES": N_("Endoscopy"),
        "XC": _PHOTOGRAPH,
        "GM": _PHOTOGRAPH,
        "SM": N_("Microscope images"),
        "ECG": N_("Heart tracing"),
    }
)
# What accompanies images without being any.
_BESIDE = frozenset({"", "SR", "KO", "PR", "DOC", "SC", "OT", "REG", "SEG"})


def plain_words(modality: str) -> str:
    """Return the message id of a modality's plain words."""
    return PLAIN_WORDS.get(modality, N_("Exam"))


def leading(modalities: Iterable[str]) -> str:
    """Return the modality that names an exam: the first that makes images, or "OT" when there is none."""
    return next((modality for modality in modalities if modality not in _BESIDE), "OT")
