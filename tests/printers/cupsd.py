"""A print server of the tests' own: no systemd, no root, no port; its printers keep, jam, run empty or break."""

import getpass
import grp
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PRINTERS = {"Desk_Good": "good", "Desk_Jam": "jam", "Desk_Empty": "empty", "Desk_Broken": "broken"}

_CUPSD = """\
LogLevel debug
Listen {folder}/cups.sock
Browsing Off
DefaultAuthType None
WebInterface No
{keep}
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit Cancel-Job Set-Job-Attributes Cancel-My-Jobs Purge-Jobs>
    Require user @OWNER @SYSTEM
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_FILES = """\
ServerRoot {folder}/etc
ServerBin {folder}/bin
StateDir {folder}/state
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
CacheDir {folder}/cache
AccessLog {folder}/log/access_log
ErrorLog {folder}/log/error_log
PageLog {folder}/log/page_log
Sandboxing relaxed
"""


@dataclass(frozen=True)
class Kept:
    """A job that reached the good printer."""

    pdf: bytes
    user: str
    title: str
    copies: int
    options: str
    kind: str


@dataclass(frozen=True)
class PrintServer:
    """A running server."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def socket(self) -> str:
        return str(self.folder / "cups.sock")

    @property
    def spooled(self) -> list[str]:
        """The files of jobs that the server still has."""
        return sorted(path.name for path in (self.folder / "spool").iterdir() if path.is_file())

    @property
    def kept(self) -> list[Kept]:
        """What came out, in order."""
        found = sorted((self.folder / "out").glob("*.pdf"), key=lambda path: int(path.stem))
        return [_kept(path) for path in found]

    def put_paper_in(self) -> None:
        (self.folder / "paper").touch()

    def take_paper_out(self) -> None:
        (self.folder / "paper").unlink(missing_ok=True)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def _kept(pdf: Path) -> Kept:
    user, title, copies, options, kind = pdf.with_suffix(".about").read_text(encoding="utf-8").splitlines()
    return Kept(pdf.read_bytes(), user, title, int(copies), options, kind)


@contextmanager
def running_print_server(*, keeps_history: bool = True) -> Iterator[PrintServer]:
    """Run a server; where CUPS is missing the test is skipped, in CI it fails."""
    cupsd = shutil.which("cupsd", path="/usr/sbin:/usr/bin")
    if cupsd is None or shutil.which("lp") is None:
        missing = "CUPS is not installed (packages cups and cups-client)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    # A socket's path may have 107 letters only, and the printers of a root's server run as another user.
    folder = Path(tempfile.mkdtemp(prefix="cups-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        _lay_out(folder, keeps_history=keeps_history)
        with (folder / "cupsd.out").open("wb") as out:
            process = subprocess.Popen(
                [
                    cupsd,
                    "-f",
                    "-c",
                    str(folder / "etc/cupsd.conf"),
                    "-s",
                    str(folder / "etc/cups-files.conf"),
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        server = PrintServer(folder, process)
        try:
            _wait_for(server)
            _add_printers(server)
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _lay_out(folder: Path, *, keeps_history: bool) -> None:
    for name in ("etc/ppd", "spool/tmp", "cache", "log", "state", "out", "bin/backend"):
        (folder / name).mkdir(parents=True)
    for name in ("filter", "daemon", "driver", "notifier", "command", "cgi-bin", "monitor"):
        (folder / "bin" / name).symlink_to(Path("/usr/lib/cups") / name)
    backend = folder / "bin/backend/test"
    backend.write_text((HERE / "backend.sh").read_text().replace("@FOLDER@", str(folder)))
    # CUPS runs a back-end as root when nobody else may read it: then it can write into our folder.
    backend.chmod(0o700)
    keep = "" if keeps_history else "PreserveJobHistory No"
    (folder / "etc/cupsd.conf").write_text(_CUPSD.format(folder=folder, keep=keep))
    files = _FILES.format(folder=folder)
    if os.geteuid() != 0:
        group = grp.getgrgid(os.getegid()).gr_name
        files += f"User {getpass.getuser()}\nGroup {group}\nSystemGroup {group}\n"
    (folder / "etc/cups-files.conf").write_text(files)


def _wait_for(server: PrintServer) -> None:
    give_up = time.monotonic() + 20
    while not _answers(server):
        if server.process.poll() is not None or time.monotonic() > give_up:
            said = (server.folder / "cupsd.out").read_text(errors="replace")
            pytest.fail(f"cupsd did not start: {said}")


def _answers(server: PrintServer) -> bool:
    asked = subprocess.run(["lpstat", "-r"], env=_environment(server), capture_output=True, check=False)
    return b"scheduler is running" in asked.stdout


def _add_printers(server: PrintServer) -> None:
    for name, behaviour in PRINTERS.items():
        options = ["-P", str(HERE / "printer.ppd"), "-o", "printer-error-policy=abort-job", "-E"]
        _lpadmin(server, "-p", name, "-v", f"test:/{behaviour}", *options)
    _lpadmin(server, "-d", "Desk_Good")


def _lpadmin(server: PrintServer, *arguments: str) -> None:
    lpadmin = shutil.which("lpadmin", path="/usr/sbin:/usr/bin")
    assert lpadmin is not None
    subprocess.run([lpadmin, *arguments], env=_environment(server), capture_output=True, check=True)


def _environment(server: PrintServer) -> dict[str, str]:
    return {**os.environ, "CUPS_SERVER": server.socket, "LC_ALL": "C"}
