"""How an answer crosses from a worker to its parent: facts as JSON, pixels in shared memory.

The parent believes nothing: no pickles come this way, types are checked by pydantic, sizes against the memory.
"""

import json
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.imaging.description import Document, FileDescription, Video
from app.imaging.picture import Picture, PictureFacts, StoredFacts, StoredFrame

MAX_FACTS = 16 << 20
MAX_PAYLOAD = 512 << 20
_DTYPES = frozenset(("uint8", "uint16", "int16"))
_MAX_DIMENSIONS = 3

Answer = Picture | StoredFrame | FileDescription | Document | Video | int | str


@dataclass(frozen=True)
class Message:
    """What a worker says: an answer's facts and the size of its payload, or what is wrong."""

    facts: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = "uint8"
    problem: str = ""
    number: int = 0  # of the job it answers

    @property
    def size(self) -> int:
        """How many bytes the payload has; raises ValueError when that is no credible number."""
        if self.dtype not in _DTYPES or len(self.shape) > _MAX_DIMENSIONS or min(self.shape, default=0) < 0:
            raise ValueError
        size = int(np.prod([int(side) for side in self.shape], dtype=object)) * np.dtype(self.dtype).itemsize
        if size > MAX_PAYLOAD:
            raise ValueError
        return size if self.shape else 0


def to_bytes(message: Message) -> bytes:
    """Return a message as JSON."""
    return json.dumps(asdict(message)).encode()


def from_bytes(raw: bytes) -> Message:
    """Return the message in JSON; raises ValueError."""
    message: Message = _adapters()[Message].validate_json(raw)
    return message


def take_apart(answer: Answer) -> tuple[Message, NDArray[Any] | None]:
    """Return an answer's message and its payload. Worker's side."""
    if isinstance(answer, Picture | StoredFrame):
        kind = PictureFacts if isinstance(answer, Picture) else StoredFacts
        facts = {field.name: getattr(answer, field.name) for field in fields(kind)}
        return Message(_json(facts), answer.pixels.shape, answer.pixels.dtype.name), answer.pixels
    if isinstance(answer, Document):
        pdf = np.frombuffer(answer.pdf, np.uint8)
        return Message(_json({"title": answer.title, "lines": answer.lines}), pdf.shape), pdf
    return Message(_json(answer)), None


def put_together(kind: type[Any], message: Message, payload: NDArray[Any]) -> Answer:
    """Return the answer of a message; raises ValueError when it is not of that kind. Parent's side.

    payload: the bytes from shared memory, already copied.
    """
    if kind is Picture or kind is StoredFrame:
        facts = _adapters()[PictureFacts if kind is Picture else StoredFacts].validate_json(message.facts)
        pixels = payload.view(message.dtype).reshape(message.shape)
        if pixels.shape[:2] != (facts.height, facts.width):
            raise ValueError
        picture: Answer = kind(
            pixels=pixels, **{field.name: getattr(facts, field.name) for field in fields(facts)}
        )
        return picture
    if kind is Document:
        document: Document = _adapters()[Document].validate_json(message.facts)
        return Document(document.title, document.lines, payload.tobytes())
    answer: Answer = _adapters()[kind].validate_json(message.facts)
    return answer


def _json(facts: Any) -> str:
    return json.dumps(
        facts,
        default=lambda one: asdict(one) if is_dataclass(one) and not isinstance(one, type) else str(one),
    )


@cache
def _adapters() -> dict[Any, Any]:
    # Built once: building one takes a millisecond. Only the parent needs pydantic.
    from pydantic import TypeAdapter

    kinds = (Message, PictureFacts, StoredFacts, FileDescription, Document, Video, int, str)
    return {kind: TypeAdapter(kind) for kind in kinds}
