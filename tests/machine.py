"""A newcomer's machine, on which the command line is typed in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from app.settings import MachineSettings, practice_settings
from db.database import Database
from db.models import Base

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = (
    "Harbour Imaging",
    "portal@harbour.example",
    "https://portal.harbour.example",
    "North",
    "1 North Street; Sydney NSW 2000",
    "+61 2 5550 1234",
    "Australia/Sydney",
    "Mia Manager",
    "mia.manager",
    "heron lamp quietly 7",
)


class Machine:
    """A newcomer's machine: a home of its own, and nothing in it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.folder = folder / ".local" / "share" / "patient-portal"

    def run(self, *words: str | Path, answers: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *map(str, words)],
            cwd=self.home,
            env=kept | {"HOME": str(self.home)},
            input="".join(f"{answer}\n" for answer in answers),
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
        )

    def said(self, *words: str | Path, answers: tuple[str, ...] = ()) -> str:
        """Run what must go well; return what it said."""
        done = self.run(*words, answers=answers)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def told(self, *words: str | Path, answers: tuple[str, ...] = ()) -> str:
        """Run what cannot be done; return the one sentence that it was told."""
        done = self.run(*words, answers=answers)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1
        return done.stderr.strip()

    def settings(self) -> MachineSettings:
        return practice_settings(self.folder)

    def count(self, table: str) -> int:
        database = Database(self.settings().portal_url)
        with database.engine.connect() as connection:
            found = len(connection.execute(Base.metadata.tables[table].select()).all())
        database.close()
        return found
