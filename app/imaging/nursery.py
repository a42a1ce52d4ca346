"""Loaded by the process that workers are forked from: the codecs, once, and never the parent's own program.

multiprocessing would run the parent's main module again in every worker. The workers need nothing of it, a
desktop's would bring Qt along, and a script without the usual guard would start itself.
"""

from multiprocessing import spawn

from app.imaging import worker

LOADED = worker.serve


def _leave_out(_main: str) -> None:
    """Do not load the parent's main module."""


spawn._fixup_main_from_name = _leave_out  # type: ignore[attr-defined]  # noqa: SLF001 - the one place that decides it
spawn._fixup_main_from_path = _leave_out  # type: ignore[attr-defined]  # noqa: SLF001 - see above
