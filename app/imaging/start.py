"""The first function of a worker's process; imports nothing that its parent may not hold."""

from multiprocessing.connection import Connection
from typing import Any

from app.imaging.limits import Limits


def serve(connection: "Connection[Any, Any]", limits: Limits) -> None:
    """Load the codecs (they are there already where processes are forked) and answer jobs."""
    from app.imaging import worker

    worker.serve(connection, limits)
