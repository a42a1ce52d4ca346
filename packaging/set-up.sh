#!/bin/sh
# Sets the project up: set-up.sh run | set-up.sh test | set-up.sh bench-web
#   run   Debian libraries of the window, .venv at the locked versions, the browser code of the web view
#   test  the same, and what the tests need besides (PostgreSQL, CUPS, Chromium, axe-core, ...)
#   bench-web  the same, and the other viewers for the browser, one of them under the GPL: never part of the portal
# It may be stopped at any point and run again. Each part leaves a stamp; Make runs it only when a list changes.
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}
PY=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

listed() { for list; do grep -v '^#' "packaging/apt-$list.txt"; done; }

installed() { # Debian 13 renames some libraries (libcups2t64); apt-get takes the old name, dpkg-query does not.
    for called in "$1" "${1}t64"; do
        dpkg-query -W -f='${Status}' "$called" 2>/dev/null | grep -q 'install ok installed' && return 0
    done
    return 1
}

stop_for_administrator() {
    say "Some Debian packages are missing. As an administrator run this line, then start again:"
    say "    apt-get update && apt-get install -y --no-install-recommends$missing"
    exit 1
}

debian_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "This is no Debian system. The libraries that are needed stand in packaging/apt-*.txt."
        return 0
    fi
    missing=""
    for name in $(listed "$@"); do installed "$name" || missing="$missing $name"; done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then as_root=""
    elif command -v sudo >/dev/null 2>&1; then as_root="sudo"
    else stop_for_administrator
    fi
    say "Installing Debian packages:$missing"
    $as_root apt-get update -qq || stop_for_administrator
    # shellcheck disable=SC2086  # the list is split into words on purpose
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
        stop_for_administrator
}

python_packages() {
    lock=packaging/requirements.lock
    # Programs in a .venv that was moved do not start, nor do those of an older Debian's Python. One without its stamp
    # was interrupted. Each is begun anew.
    if [ ! -e .venv/.locked ] || [ "$(cat .venv/.place 2>/dev/null)" != "$(pwd)" ] ||
        ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        "$PY" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
            say "Python 3.11 or later is needed. Set PYTHON to where it is, then start again."
            exit 1
        }
        rm -rf .venv
        "$PY" -m venv .venv
        pwd >.venv/.place
    elif cmp -s .venv/.locked "$lock" && [ .venv/.installed -nt pyproject.toml ]; then
        return 0
    fi
    rm -f .venv/.locked
    say "Installing the locked Python packages"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    touch .venv/.installed
    cp "$lock" .venv/.locked.new
    mv .venv/.locked.new .venv/.locked
}

find_npm() { # that of a pip package where the system has none, thrown away afterwards: it takes 200 MB
    if [ -n "${npm_path:-}" ]; then return 0; fi
    npm_path=$PATH
    if ! command -v npm >/dev/null 2>&1; then
        throwaway=$(mktemp -d)
        trap 'rm -rf "$throwaway"' EXIT
        "$PY" -m venv "$throwaway/venv"
        "$throwaway/venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r packaging/browser/npm.lock
        npm_path="$throwaway/venv/bin:$PATH"
    fi
}

browser_code() { # which list, where it goes, what it is
    list=packaging/$1
    target=$2
    if cmp -s "$target/.locked" "$list/package-lock.json"; then return 0; fi
    say "Installing $3"
    rm -rf "$target.new"
    mkdir -p "$target.new"
    cp "$list/package.json" "$list/package-lock.json" "$target.new/"
    find_npm
    (cd "$target.new" && PATH="$npm_path" npm ci --silent --no-audit --no-fund --ignore-scripts)
    cp "$list/package-lock.json" "$target.new/.locked"
    rm -rf "$target"
    mv "$target.new" "$target"
}

case $what in
    run) lists="run" ;;
    test | bench-web) lists="run test" ;;
    *) say "Say what for: set-up.sh run, set-up.sh test or set-up.sh bench-web"; exit 2 ;;
esac
mkdir -p .set-up
# Of two that are started together, the second waits and finds everything done.
if command -v flock >/dev/null 2>&1; then
    exec 9>.set-up/lock
    flock 9
fi
# shellcheck disable=SC2086  # one word a list
debian_packages $lists
python_packages
browser_code browser web/browser "the browser code of the web view"
[ "$what" = run ] || browser_code browser-test tests/browser "the browser code of the tests"
[ "$what" != bench-web ] || browser_code browser-bench .browser-bench "the viewers to measure beside"
touch ".set-up/$what"
