"""Reads a settings file's values one by one, so that each refusal names the line and what to write there."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.errors import N_, Invalid


@dataclass(frozen=True)
class SettingsFile:
    """One settings file's name and text."""

    name: str
    text: str

    def place(self, table: str, key: str) -> str:
        """Return where a key stands, as "file:line"; the table's or the file's start when it is not there."""
        inside, line_of_table = table == "", 0
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := re.match(r"\s*\[\s*([\w.\-]+)\s*\]", line):
                inside = header[1] == table
                if inside:
                    line_of_table = number
                if header[1] == (f"{table}.{key}" if table else key):
                    return f"{self.name}:{number}"
            elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line):
                return f"{self.name}:{number}"
        return f"{self.name}:{line_of_table}" if line_of_table else self.name

    def place_of_error(self, message: str) -> str:
        """Return where the TOML reader stopped, as "file:line"."""
        found = re.search(r"line (\d+)", message)
        return f"{self.name}:{found[1] if found else len(self.text.splitlines())}"


class Table:
    """One table of the file. Each value is taken out once; what is left over at the end was misspelt."""

    def __init__(self, file: SettingsFile, name: str, values: dict[str, Any]) -> None:
        self._file = file
        self._name = name
        self._values = dict(values)

    def has(self, key: str) -> bool:
        """Tell whether the file gives this value."""
        return key in self._values

    def place(self, key: str) -> str:
        """Return where the key stands in the file."""
        return self._file.place(self._name, key)

    def table(self, key: str) -> "Table":
        """Return a table inside this one; an empty one when it is not there."""
        return Table(self._file, key, self.anything(key))

    def anything(self, key: str) -> dict[str, Any]:
        """Return a table's values as they are; empty when it is not there."""
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise self._wrong(
                key, "settings_table", N_('{place}: "{name}" must be a table, such as [{name}].')
            )
        return value

    def text(self, key: str, usual: str = "") -> str:
        """Return a text, or the usual one when it is not there."""
        value = self._values.pop(key, usual)
        if not isinstance(value, str):
            raise self._wrong(key, "settings_text", N_('{place}: "{name}" must be text in quotation marks.'))
        return value

    def needed_text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.text(key).strip()
        if not value:
            raise self._wrong(key, "settings_missing", N_('{place}: "{name}" is missing. Add it.'))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty when it is not there."""
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(
                key,
                "settings_texts",
                N_('{place}: "{name}" must be a list of texts, such as ["delivered", "read"].'),
            )
        return tuple(value)

    def path(self, key: str) -> Path | None:
        """Return a full path, or None when it is not there."""
        value = self.text(key)
        if not value:
            return None
        path = Path(value).expanduser()
        if not path.is_absolute():
            # Read against the working folder it would be elsewhere for the desk than for the server.
            raise self._wrong(
                key, "settings_path", N_('{place}: "{name}" must be a full path, from the root of the disk.')
            )
        return path

    def number(self, key: str, usual: int, *, most: int) -> int:
        """Return a whole number from 1 to most."""
        value = self._values.pop(key, usual)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise self._wrong(
                key,
                "settings_number",
                N_('{place}: "{name}" must be a whole number from 1 to {most}, without quotation marks.'),
                most=most,
            )
        return value

    def choice(self, key: str, usual: str, choices: tuple[str, ...]) -> str:
        """Return one of a few words."""
        value = self.text(key, usual)
        if value not in choices:
            raise self._wrong(
                key,
                "settings_choice",
                N_('{place}: "{name}" must be one of these: {choices}.'),
                choices=", ".join(choices),
            )
        return value

    def address(self, key: str) -> str:
        """Return an e-mail address, with or without a name before it."""
        value = self.needed_text(key)
        if not re.fullmatch(r"(?:[^<>@\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)", value):
            raise self._wrong(
                key,
                "settings_address",
                N_('{place}: "{name}" must be an e-mail address, such as "portal@clinic.example".'),
            )
        return value

    def web_address(self, key: str) -> str:
        """Return an https address; http is taken for this machine only."""
        value = self.needed_text(key)
        try:
            parts = urlsplit(value)
            host = parts.hostname
        except ValueError:
            host = None
        if not host or not (
            parts.scheme == "https" or (parts.scheme == "http" and host in {"127.0.0.1", "::1", "localhost"})
        ):
            raise self._wrong(
                key,
                "settings_web_address",
                N_('{place}: "{name}" must be a web address that begins with https://.'),
            )
        return value

    def refuse_leftovers(self) -> None:
        """Raise Invalid when the file holds a name that nothing has asked for."""
        for key in self._values:
            raise self._wrong(
                key,
                "settings_unknown",
                N_('{place}: there is no setting "{name}". Check its spelling, or delete the line.'),
            )

    def _wrong(self, key: str, kind: str, sentence: str, **fields: Any) -> Invalid:
        full = f"{self._name}.{key}" if self._name else key
        return Invalid(kind, sentence, field=full, place=self.place(key), name=key, **fields)
