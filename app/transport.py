"""How use cases travel between a station and the clinic's server: JSON by the methods' own type hints."""

import inspect
import json
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, NotRequired, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json
from typing_extensions import TypedDict

from app.errors import N_, Conflict, Invalid, NotAllowed, NotFound, PortalError, Refused, Unavailable
from app.use_case import UseCase
from app.views.exams import ArchiveKey, StoredImage

API_VERSION = 1
OLDEST_VERSION = 1  # of a station that this server still understands

_PLAIN = frozenset({str, int, float, bool, bytes, UUID, date, datetime, type(None)})
_LARGEST_NUMBER = 2**53 - 1  # JSON's whole numbers
_ASKED = ConfigDict(extra="forbid", strict=True, val_json_bytes="base64", allow_inf_nan=False)
# A newer server may say more than this station asks for.
_ANSWERED = ConfigDict(extra="ignore", strict=True, val_json_bytes="base64", allow_inf_nan=False)
V = TypeVar("V")


class Passage:
    """One use case on its way: what it takes and what it answers.

    Raises TypeError, while the program loads, where a hint is not on the closed list of what may travel.
    """

    def __init__(self, use_case: UseCase[Any, Any, Any]) -> None:
        hints = get_type_hints(use_case.body)
        parameters = list(inspect.signature(use_case.body).parameters.values())[2:]
        taken: dict[str, Any] = {}
        self._taken_views: set[type] = set()
        self._answered_views: set[type] = set()
        for parameter in parameters:
            hint = hints[parameter.name]
            _must_travel(hint, use_case.name, self._taken_views)
            is_needed = parameter.default is inspect.Parameter.empty
            taken[parameter.name] = hint if is_needed else NotRequired[hint]
        _must_travel(hints["return"], use_case.name, self._answered_views)
        self._signature = inspect.signature(use_case.body)
        words = use_case.name.replace(".", "_")
        self.arguments = _adapter(f"{words}_arguments", taken, _ASKED)
        self.answer = _adapter(f"{words}_answer", {"value": hints["return"]}, _ANSWERED)
        self.holds_files = StoredImage in self._answered_views

    def write_arguments(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        """Return the arguments of a call as they are sent."""
        bound = self._signature.bind(None, None, *args, **kwargs)
        return to_json(dict(list(bound.arguments.items())[2:]), bytes_mode="base64")

    def read_arguments(self, sent: bytes) -> dict[str, Any]:
        """Return the arguments that were sent; raises Invalid for whatever the hints do not say."""
        try:
            read: dict[str, Any] = self.arguments.validate_json(sent)
            _check(read)
        except (ValidationError, ValueError):
            raise request_unreadable() from None
        return read

    def write_answer(self, value: Any) -> bytes:
        """Return an answer as it is sent; raises TypeError for a view that the hints do not name."""
        _check(value, self._answered_views)
        return to_json({"value": value}, bytes_mode="base64")

    def read_answer(self, sent: bytes) -> Any:
        """Return the answer that was sent; raises Unavailable when the hints do not allow it."""
        try:
            read: dict[str, Any] = self.answer.validate_json(sent)
            _check(read)
        except (ValidationError, ValueError):
            raise answer_unreadable() from None
        return read["value"]


@cache
def passage_of(use_case: UseCase[Any, Any, Any]) -> Passage:
    """Return how a use case travels; made at its first use."""
    return Passage(use_case)


def with_file_keys(value: V, changed: Callable[[StoredImage], str]) -> V:
    """Return the value with another archive key in every file's place that it holds."""
    found: Any = value
    if isinstance(found, StoredImage):
        found = replace(found, archive_key=ArchiveKey(changed(found)))
    elif isinstance(found, tuple):
        found = tuple(with_file_keys(one, changed) for one in found)
    elif is_dataclass(found) and not isinstance(found, type):
        values = {field.name: getattr(found, field.name) for field in fields(found)}
        new = {name: with_file_keys(one, changed) for name, one in values.items()}
        if any(new[name] is not values[name] for name in new):
            found = replace(found, **new)
    kept: V = found
    return kept


# Errors

_ERRORS: dict[str, type[PortalError]] = {
    kind.__name__: kind for kind in (NotAllowed, NotFound, Invalid, Conflict, Refused, Unavailable)
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def write_error(error: PortalError) -> bytes:
    """Return an error as it is sent."""
    return to_json(
        {
            "error": type(error).__name__,
            "kind": error.kind,
            "sentence": error.sentence,
            "fields": [_written_field(name, value) for name, value in error.fields.items()],
            "field": error.field if isinstance(error, Invalid) else "",
        }
    )


def read_error(sent: bytes) -> PortalError | None:
    """Return the error that was sent, None for anything else; one of a kind that is not known here is Unavailable."""
    try:
        told = json.loads(sent)
        name, kind, sentence, field = (told[part] for part in ("error", "kind", "sentence", "field"))
        values = {name: _READERS.get(of, str)(value) for name, of, value in told["fields"]}
    except (ValueError, KeyError, TypeError):
        return None
    if not all(isinstance(text, str) for text in (name, kind, sentence, field)):
        return None
    known = _ERRORS.get(name, Unavailable)
    if known is Invalid:
        return Invalid(kind, sentence, field=field, **values)
    return known(kind, sentence, **values)


def _written_field(name: str, value: Any) -> tuple[str, str, Any]:
    of = type(value).__name__
    return (name, of, value) if of in _READERS else (name, "str", str(value))


def request_unreadable() -> Invalid:
    """Return the error of a request that is none of ours."""
    return Invalid(
        "request_unreadable", N_("The clinic's server does not understand what this station asks.")
    )


def answer_unreadable() -> Unavailable:
    """Return the error of an answer that is none of ours."""
    return Unavailable(
        "server_strange",
        N_(
            "The clinic's server gives an answer that this program does not understand. Tell the person who looks"
            " after your computers."
        ),
    )


def in_trouble(reference: str) -> Unavailable:
    """Return the error of a mistake of ours at the server, which its log says more about."""
    return Unavailable(
        "server_trouble",
        N_("Something went wrong on the clinic's server. Its log says more under {reference}."),
        reference=reference,
    )


# What may travel


def _adapter(name: str, taken: dict[str, Any], config: ConfigDict) -> TypeAdapter[Any]:
    make: Any = TypedDict  # mypy knows it by literal names only; these are a method's parameters
    made = make(name, taken)
    made.__pydantic_config__ = config
    return TypeAdapter(made)


def _must_travel(hint: Any, where: str, views: set[type]) -> None:
    """Collect the views that a hint names; raise TypeError for a type that is not on the closed list."""
    hint = getattr(hint, "__supertype__", hint)  # a NewType is what it was made of
    origin = get_origin(hint)
    if hint in _PLAIN or (isinstance(hint, type) and issubclass(hint, Enum)):
        return
    if origin is Literal and all(isinstance(word, str) for word in get_args(hint)):
        return
    if origin in {tuple, frozenset, Union, types.UnionType}:
        for inner in get_args(hint):
            if inner is not Ellipsis:
                _must_travel(inner, where, views)
        return
    if isinstance(hint, type) and is_dataclass(hint) and _is_frozen(hint):
        if hint not in views:
            views.add(hint)
            for inner in get_type_hints(hint).values():
                _must_travel(inner, where, views)
        return
    raise TypeError(f"{where}: {hint} may not travel")


def _is_frozen(view: Any) -> bool:
    return bool(view.__dataclass_params__.frozen)


def _check(value: Any, views: set[type] | None = None) -> None:
    """Raise ValueError for what no hint can say: a time without a zone, a number or letter no database takes.

    views: every view that may be there; raises TypeError for another one, such as a subclass, which would lose fields.
    """
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("a text with a NUL")
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        raise ValueError("a number that is too large")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time without its zone")
    if views is not None and is_dataclass(value) and type(value) not in views:
        raise TypeError(f"{type(value).__name__} is not what was declared")
    for one in _inside(value):
        _check(one, views)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, tuple | frozenset):
        return value
    if isinstance(value, dict):
        return value.values()
    return [getattr(value, field.name) for field in fields(value)] if is_dataclass(value) else ()
