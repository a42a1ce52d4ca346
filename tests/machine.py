"""A newcomer's machine, on which the command line is typed in a process of its own."""

import contextlib
import os
import pty
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

    def at_terminal(self, *words: str, answers: tuple[str, ...]) -> str:
        """Run what must go well at a terminal, typing an answer at each question; return all that it showed."""
        ours, theirs = pty.openpty()
        shown = ""
        with (
            os.fdopen(ours, "r+b", buffering=0) as terminal,
            subprocess.Popen(
                [sys.executable, str(ROOT / "main.py"), *words],
                env={"HOME": str(self.home), "PATH": os.environ["PATH"]},
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            ) as process,
        ):
            os.close(theirs)
            left = iter(answers)
            with contextlib.suppress(OSError):  # the terminal hangs up when the program has ended
                while piece := terminal.read(4096):
                    shown += piece.decode()
                    if shown.endswith(": "):
                        terminal.write(f"{next(left)}\n".encode())
        assert process.returncode == 0, shown
        return shown

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
