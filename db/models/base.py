"""The base of every table: typed columns, named constraints, no relationships that load by themselves."""

from datetime import date, datetime
from typing import dataclass_transform
from uuid import UUID

from sqlalchemy import Date, Index, MetaData, Text, Uuid, text
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column

from db.types import UtcDateTime


# Tells type checkers what kw_only tells SQLAlchemy for every table below.
@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column,))
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A row. What leaves the app is a view, never this."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), date: Date(), UUID: Uuid(), str: Text()}  # noqa: RUF012 - SQLAlchemy's own declaration


def only_of(name: str, *columns: str, where: str, sqlite_where: str = "") -> Index:
    """Return an index of those rows only that a condition holds for; sqlite_where: the same in SQLite's words."""
    return Index(name, *columns, sqlite_where=text(sqlite_where or where), postgresql_where=text(where))
