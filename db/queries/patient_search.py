"""Patients found by what was typed, in statements that are built once for each shape of a search."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models import Exam, Patient, PatientIdentifier, PatientNameWord, PatientSiteWord

# What was typed, by each way to read it: the beginning of a word of the name, of an identifier, of an E.164 number,
# and a birth date. An empty reading is left out.
Token = tuple[str, str, str, date | None]

_LOOKED_THROUGH = 30  # so many at least are found before they are sorted by name
_SHORT = 3  # letters; what begins with fewer fits a good part of the clinic
_LIKE_LETTERS = 8  # a birth date narrows a search about as much as a beginning of this many letters
_SHAPES = 512  # statements kept; those of one clinic's desks are some dozens


def find(
    session: Session, tokens: Sequence[Token], *, site_ids: frozenset[UUID] | None, limit: int
) -> list[Patient]:
    """Return patients, by name, whom every token describes by one of its readings; site_ids None means every site.

    Of more than a page those come whose word, identifier or number is the first: finding the first of them all by
    name would mean reading them all.
    """
    if site_ids is not None and not site_ids:
        return []
    # From the rarest on: the others are asked of each one found.
    ordered = sorted(tokens, key=_narrowness, reverse=True)
    values: dict[str, Any] = {}
    shapes = tuple(_shape(f"token_{number}", token, values) for number, token in enumerate(ordered))
    for number, site_id in enumerate(sorted(site_ids or ())):
        values[f"site_{number}"] = site_id
    sites = None if site_ids is None else len(site_ids)
    return list(session.scalars(_statement(shapes, sites, limit), values))


def at_sites(site_ids: Iterable[UUID | BindParameter[UUID]]) -> ColumnElement[bool]:
    """Tell, of a row of patient, whether that is a patient of one of the sites: asked of each row, never of all."""
    there = list(site_ids)
    has_exam = select(Exam.id).where(Exam.patient_id == Patient.id, Exam.site_id.in_(there)).limit(1)
    return or_(Patient.site_id.in_(there), has_exam.scalar_subquery().is_not(None))


@dataclass(frozen=True)
class _Shape:
    """Which readings a token has; their values are parameters of the statement, whose names begin with its name."""

    name: str
    word: bool
    identifiers: int  # as typed, and in capitals
    mobile: bool
    birth_date: bool
    is_short: bool


def _shape(name: str, token: Token, values: dict[str, Any]) -> _Shape:
    word, identifier, mobile, birth_date = token
    typed = sorted({identifier, identifier.upper()} - {""})
    beginnings = {"word": word, "mobile": mobile} | {f"identifier_{n}": text for n, text in enumerate(typed)}
    for what, text in beginnings.items():
        if text:
            values[f"{name}_{what}"], values[f"{name}_{what}_end"] = text, text + "\U0010ffff"
    if birth_date is not None:
        values[f"{name}_born"] = birth_date
    is_short = _narrowness(token) < _SHORT
    return _Shape(name, bool(word), len(typed), bool(mobile), birth_date is not None, is_short)


def _narrowness(token: Token) -> int:
    """Return about how few patients a token describes: a birth date few, a long beginning fewer than a short one."""
    word, identifier, mobile, birth_date = token
    return _LIKE_LETTERS if birth_date and not identifier else len(word or identifier or mobile)


@lru_cache(_SHAPES)
def _statement(shapes: tuple[_Shape, ...], sites: int | None, limit: int) -> Select[Patient]:
    narrowest, *others = shapes
    most = max(limit, _LOOKED_THROUGH)
    ids = union_all(*_candidates(narrowest, others, sites, most)).subquery()
    # OFFSET keeps a database from going through everybody by name until enough of these few have come by.
    few = select(Patient).where(Patient.id.in_(select(ids.c.patient_id))).offset(0).subquery()
    found = aliased(Patient, few)
    return select(found).order_by(found.sort_key, found.id).limit(_written(limit))


def _written(number: int) -> ColumnElement[int]:
    # In the text of the statement: how many are wanted decides for a database on which way it finds them.
    return literal_column(str(number), Integer)


@dataclass(frozen=True)
class _Reading:
    """One way to read a token: the rows of one table that fit it, in the order of their index."""

    patient_id: InstrumentedAttribute[UUID]
    condition: ColumnElement[bool]
    order: tuple[InstrumentedAttribute[Any], ...]


def _candidates(
    narrowest: _Shape, others: Sequence[_Shape], sites: int | None, most: int
) -> Iterator[Select[Any]]:
    """Go over the ways to read the narrowest token: the first patients each whom every other token describes too."""
    for reading in _readings(narrowest):
        yield _ids(_described(reading, others, sites, most))
    if narrowest.word and sites is None:
        yield _ids(_described(_word(narrowest), others, sites, most))
    elif narrowest.word and sites is not None:
        # Each site in the order of its own index, so that of all of them together these are the first again.
        each = [
            _described(_word_at(narrowest, site), others, sites, most).subquery() for site in range(sites)
        ]
        all_sites = union_all(*(select(one) for one in each)).subquery()
        yield _ids(
            select(all_sites)
            .distinct()
            .order_by(all_sites.c.word, all_sites.c.patient_id)
            .limit(_written(most))
        )


def _ids(found: Select[Any]) -> Select[Any]:
    return select(found.subquery().c.patient_id)


def _described(reading: _Reading, others: Sequence[_Shape], sites: int | None, most: int) -> Select[Any]:
    """Return the first patients whom one reading of a token and every other token describe, with what they are found by."""
    query = select(reading.patient_id.label("patient_id"), *reading.order[:1]).where(reading.condition)
    query = query.order_by(*reading.order)
    for other in others:
        query = query.where(_is_described(reading.patient_id, other, sites))
    if sites is None:
        return query.limit(_written(most))
    # OFFSET keeps a database from asking for the site, which costs most, before the other words.
    named = query.offset(0).subquery()
    there = select(Patient.id).where(Patient.id == named.c.patient_id, at_sites(map(_site, range(sites))))
    return select(named).where(there.scalar_subquery().is_not(None)).limit(_written(most))


def _is_described(
    patient_id: InstrumentedAttribute[UUID], other: _Shape, sites: int | None
) -> ColumnElement[bool]:
    looked_up = [
        select(reading.patient_id).where(reading.patient_id == patient_id, reading.condition)
        for reading in (*_readings(other), *([_word_of_patient(other)] if other.word else []))
    ]
    if len(looked_up) == 1 and sites is None and not other.is_short:
        return looked_up[0].exists()  # among everybody the database may as well compare two lists
    # Asked of one patient at a time, until enough are found: the whole list would be too long to read.
    return or_(*(one.limit(_written(1)).scalar_subquery().is_not(None) for one in looked_up))


def _word(shape: _Shape) -> _Reading:
    named = aliased(PatientNameWord)
    return _Reading(
        named.patient_id, _begins(named.word, f"{shape.name}_word"), (named.word, named.patient_id)
    )


def _word_at(shape: _Shape, site: int) -> _Reading:
    named = aliased(PatientSiteWord)
    there = and_(named.site_id == _site(site), _begins(named.word, f"{shape.name}_word"))
    return _Reading(named.patient_id, there, (named.word, named.patient_id))


def _word_of_patient(shape: _Shape) -> _Reading:
    named = aliased(PatientSiteWord)  # at any site: there is an index by patient and word
    return _Reading(named.patient_id, _begins(named.word, f"{shape.name}_word"), (named.word,))


def _readings(shape: _Shape) -> Iterator[_Reading]:
    """Go over the ways to read a token, but for a word."""
    for number in range(shape.identifiers):
        called = aliased(PatientIdentifier)
        yield _Reading(
            called.patient_id,
            _begins(called.value, f"{shape.name}_identifier_{number}"),
            (called.value, called.issuer),
        )
    if shape.mobile:
        person = aliased(Patient)
        yield _Reading(person.id, _begins(person.mobile, f"{shape.name}_mobile"), (person.mobile,))
    if shape.birth_date:
        person = aliased(Patient)
        born = person.birth_date == bindparam(f"{shape.name}_born")
        yield _Reading(person.id, born, (person.birth_date,))


def _site(number: int) -> BindParameter[UUID]:
    return bindparam(f"site_{number}", type_=Uuid())


def _begins(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    # A range, which an index serves on both databases; LIKE would not.
    return and_(column >= bindparam(name), column < bindparam(f"{name}_end"))
