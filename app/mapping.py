"""A plain model and the table that keeps it: a field is a column of the same name; what is kept otherwise is said once, both ways.

Neither list is written out: the fields are the model's own, the columns the table's own. What one has and the other has not
stops the start, with a sentence that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import inspect

P = TypeVar("P", bound=BaseModel)
T = TypeVar("T")


class NotKept(TypeError):
    """Fields without a column, or columns without a field: a sentence each."""


@dataclass(frozen=True)
class Otherwise:
    """A field that is kept in columns of other names, or in another form.

    Args:
        columns: what the table has for it.
        read: the plain value, of a row.
        write: those columns, of the plain value; where absent, the field is written as any other.
    """

    columns: tuple[str, ...]
    read: Callable[[Any], Any]
    write: Callable[[Any], dict[str, Any]] | None = None


class Kept(Generic[P, T]):
    """How one plain model is kept in one table."""

    def __init__(
        self,
        plain: type[P],
        table: type[T],
        *,
        fields: Iterable[str] | None = None,
        otherwise: Mapping[str, Otherwise] | None = None,
        elsewhere: Mapping[str, str] | None = None,
        columns_only: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            fields: which fields of the model this table is for; all of them where absent.
            elsewhere: fields that this table does not keep, each with what becomes of it.
            columns_only: columns that are no field of the model, each with what it is for. Keys need not be named.
        Raises:
            NotKept: the model and the table do not agree.
        """
        self.plain_type, self.table = plain, table
        self.otherwise, self.elsewhere = dict(otherwise or {}), dict(elsewhere or {})
        self.columns_only = dict(columns_only or {})
        asked = plain.model_fields if fields is None else fields
        self.fields = tuple(name for name in asked if name not in self.elsewhere)
        problems = self._disagreements(set(asked), set(self.columns_only))
        if problems:
            raise NotKept("\n".join(problems))

    def _disagreements(self, asked: set[str], columns_only: set[str]) -> list[str]:
        plain, kept_in = self.plain_type, inspect(self.table).local_table.name
        columns = inspect(self.table).columns
        of_keys = {name for name, column in columns.items() if column.primary_key or column.foreign_keys}
        apart = {column for kept in self.otherwise.values() for column in kept.columns}
        found = [
            f"{plain.__name__} has no field “{name}”, but it is said how {kept_in} keeps it: take that away."
            for name in sorted({*self.otherwise, *self.elsewhere} - asked)
        ]
        found += [
            f"{plain.__name__}.{name} is kept nowhere: give the table {kept_in} a column “{name}” and a migration, or say how it is kept."
            for name in self.fields
            if name not in self.otherwise and name not in columns
        ]
        found += [
            f"The table {kept_in} has no “{name}”, but it is said that something is kept there."
            for name in sorted({*apart, *columns_only})
            if not hasattr(self.table, name)
        ]
        return found + [
            f"The column “{name}” of {kept_in} is no field of {plain.__name__}: add the field, or say what the column is for."
            for name in columns.keys()  # noqa: SIM118 (a collection of columns yields columns)
            if name not in {*self.fields, *apart, *columns_only, *of_keys}
        ]

    def read(self, row: T) -> dict[str, Any]:
        """Of a row, the value of each field that it keeps."""
        return {
            name: self.otherwise[name].read(row) if name in self.otherwise else getattr(row, name)
            for name in self.fields
        }

    def plain(self, row: T, **given: Any) -> P:
        """A row as plain data, with the fields that are kept elsewhere.

        Raises:
            TypeError: one of those is not given.
        """
        missing = [name for name in self.elsewhere if name not in given]
        if missing:
            raise TypeError(f"{self.plain_type.__name__} needs {', '.join(missing)}: the row does not keep it.")
        return self.plain_type(**(self.read(row) | given))

    def columns(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values of fields as the columns that keep them; of those fields that this table keeps."""
        found: dict[str, Any] = {}
        for name in self.fields:
            if name in values:
                kept = self.otherwise.get(name)
                found |= kept.write(values[name]) if kept and kept.write else {name: _stored(values[name])}
        return found

    def row(self, plain: BaseModel, **given: Any) -> T:
        """A new row of plain data, with the columns that are no field of it."""
        return self.table(**(self.columns({name: getattr(plain, name) for name in self.fields}) | given))


def _stored(value: Any) -> Any:
    """A plain value as a column holds it: a list or a map of what JSON knows, or the value itself."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    return [_stored(part) for part in value] if isinstance(value, tuple | list) else value


def renamed(column: str) -> Otherwise:
    """A field whose column has another name."""
    return Otherwise((column,), lambda row: getattr(row, column), lambda value: {column: _stored(value)})


def rows(name: str, kept: Kept[Any, Any]) -> Otherwise:
    """A field whose parts are rows of a table of their own."""
    return Otherwise(
        (name,),
        lambda row: tuple(kept.plain(part) for part in getattr(row, name)),
        lambda parts: {name: [kept.row(part) for part in parts or ()]},
    )


def coded(column: str, code: Callable[[str], Any]) -> Otherwise:
    """A field of a closed set: its text in the column, its code in the plain value."""
    return Otherwise((column,), lambda row: code(getattr(row, column)), lambda value: {column: str(value)})


def numbered(kept: Kept[Any, Any], parts: Iterable[Any]) -> list[Any]:
    """New rows of plain values, in their order, for a table that keeps it in ``place``."""
    return [kept.row(part, place=at) for at, part in enumerate(parts)]


def spread(prefix: str, plain: type[BaseModel], needs: str) -> Otherwise:
    """A field that is one plain value, spread over columns with a prefix; there is none while ``needs`` is empty."""
    fields = plain.model_fields

    def read(row: Any) -> BaseModel | None:
        found = {name: getattr(row, prefix + name) for name in fields}
        return plain(**found) if found[needs] else None

    def write(value: BaseModel | None) -> dict[str, Any]:
        empty = {name: "" if field.is_required() else field.default for name, field in fields.items()}
        return {prefix + name: empty[name] if value is None else getattr(value, name) for name in fields}

    return Otherwise(tuple(prefix + name for name in fields), read, write)
