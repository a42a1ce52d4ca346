"""Rendered images a second, ours beside Orthanc's: the same file, both with a sign-in, both over kept connections."""

import base64
import threading
import time
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from urllib.parse import unquote, urlsplit

from bench.viewer_bars import Bar, said, share
from bench.web_clinic import Clinic, Made

CONNECTIONS = 4
EACH = 40  # requests of a connection in one round
HALF = 0.5  # of the time a request takes: twice the throughput


@dataclass(frozen=True)
class Target:
    """Where images are asked for, one path after the other."""

    address: str
    headers: dict[str, str]
    paths: tuple[str, ...]


def measure_throughput(clinic: Clinic, repeats: int) -> list[Bar]:
    """Measure an image that many look at, and images that nobody has looked at before."""
    if not clinic.orthanc:
        print("Orthanc is not installed: apt-get install orthanc")
        return []
    session = clinic.patient()
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in session.cookies.get_dict().items()),
        "Accept": "image/jpeg",
    }
    bars = []
    for kind, (file, *_others) in clinic.files.items():
        ours = Target(clinic.address, headers, (f"/exams/{file.exam}/image/{file.instance}/0?side=8192",))
        bars.append(
            _beside(f"{kind}: a rendered image asked for again", ours, _theirs(clinic, file), repeats)
        )
    bars.append(_first_time(clinic, headers))
    session.close()
    return bars


def _theirs(clinic: Clinic, file: Made) -> Target:
    return theirs_of(clinic.orthanc, file.orthanc)


def theirs_of(orthanc: str, image: str) -> Target:
    """Return where Orthanc renders an image, with its password."""
    place = urlsplit(orthanc)
    password = base64.b64encode(f"{place.username}:{unquote(place.password or '')}".encode()).decode()
    return Target(
        f"http://127.0.0.1:{place.port}",
        {"Authorization": f"Basic {password}", "Accept": "image/jpeg"},
        (f"/instances/{image}/rendered",),
    )


def _first_time(clinic: Clinic, headers: dict[str, str]) -> Bar:
    """Each image is asked for once, so that nothing kept helps; one round, since in a second one they would be kept."""
    each = len(clinic.fresh) // CONNECTIONS
    ours = [f"/exams/{file.exam}/image/{file.instance}/0?side=512" for file in clinic.fresh]
    theirs = replace(
        _theirs(clinic, clinic.fresh[0]),
        paths=tuple(f"/instances/{file.orthanc}/rendered" for file in clinic.fresh),
    )
    return _beside(
        "CT: images nobody has asked for before",
        Target(clinic.address, headers, tuple(ours)),
        theirs,
        1,
        each=each,
    )


def _beside(work: str, ours: Target, theirs: Target, repeats: int, *, each: int = EACH) -> Bar:
    spent: dict[str, list[float]] = {"ours": [], "Orthanc": []}
    rates: dict[str, list[float]] = {"ours": [], "Orthanc": []}
    if len(ours.paths) == 1:
        run_target(ours, 2)  # the first makes it
        run_target(theirs, 2)
    for _ in range(repeats):
        for name, target in (("ours", ours), ("Orthanc", theirs)):
            times, rate = run_target(target, each)
            spent[name] += times
            rates[name].append(rate)
    mine, other = share(rates["ours"], 0.5), share(rates["Orthanc"], 0.5)
    return Bar(
        work,
        HALF,
        round(other / mine, 3),
        {"Orthanc": share(spent["Orthanc"], 0.5)},
        {
            "ours_per_second": round(mine, 1),
            "orthanc_per_second": round(other, 1),
            "ours_ms": said(spent["ours"]),
            "orthanc_ms": said(spent["Orthanc"]),
            "connections": CONNECTIONS,
        },
        unit="of Orthanc's time a request",
        note=f"{mine:.0f} a second, Orthanc {other:.0f}; p99 {share(spent['ours'], 0.99):.0f} and"
        f" {share(spent['Orthanc'], 0.99):.0f} ms",
    )


def run_target(target: Target, each: int) -> tuple[list[float], float]:
    """Ask over some connections at once; return milliseconds of each request, and requests a second."""
    spent: list[float] = []
    ready = threading.Barrier(CONNECTIONS + 1)

    def ask(connection_number: int) -> None:
        connection = HTTPConnection(target.address.removeprefix("http://"), timeout=60)
        connection.connect()
        ready.wait()
        for number in range(each):
            path = target.paths[(connection_number * each + number) % len(target.paths)]
            began = time.perf_counter()
            connection.request("GET", path, headers=target.headers)
            answer = connection.getresponse()
            answer.read()
            spent.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:  # noqa: PLR2004 - what else there is to say
                raise RuntimeError(f"{answer.status} for {path}")
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if len(spent) != CONNECTIONS * each:
        raise RuntimeError("not every request was answered")
    return spent, len(spent) / took
