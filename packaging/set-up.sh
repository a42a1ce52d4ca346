#!/bin/sh
# Sets the project up: set-up.sh run | set-up.sh test
#   run   Debian libraries of the window, .venv at the locked versions, the browser code of the web view
#   test  the same, and the programs that the tests start (PostgreSQL, CUPS, Chromium, ...)
# It may be stopped at any point and run again. Each part leaves a stamp; Make runs it only when a list changes.
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}
PY=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

listed() { grep -v '^#' "packaging/apt-$1.txt"; }

installed() { # Debian 13 renames some libraries (libcups2t64); apt-get takes the old name, dpkg-query does not.
    for called in "$1" "${1}t64"; do
        dpkg-query -W -f='${Status}' "$called" 2>/dev/null | grep -q 'install ok installed' && return 0
    done
    return 1
}

debian_packages() {
    command -v dpkg-query >/dev/null 2>&1 || { say "Not a Debian system: please see packaging/apt-$1.txt for the libraries needed."; return 0; }
    missing=""
    for name in $(listed "$1"); do installed "$name" || missing="$missing $name"; done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then as_root=""
    elif command -v sudo >/dev/null 2>&1; then as_root="sudo"
    else
        say "Some Debian packages are missing. As an administrator run this line, then start again:"
        say "    apt-get update && apt-get install -y --no-install-recommends$missing"
        exit 1
    fi
    say "Installing Debian packages:$missing"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086  # the list is split into words on purpose
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

python_packages() {
    stamp=.venv/.locked
    if [ -e "$stamp" ] && cmp -s "$stamp" packaging/requirements.lock && [ .venv/.installed -nt pyproject.toml ]; then return 0; fi
    # A venv without its stamp was interrupted, or belongs to another lock file: begin again.
    [ -e "$stamp" ] || rm -rf .venv
    [ -x .venv/bin/pip ] || { rm -rf .venv; "$PY" -m venv .venv; }
    rm -f "$stamp"
    say "Installing the locked Python packages"
    .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r packaging/requirements.lock
    .venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    cp packaging/requirements.lock "$stamp"
    touch .venv/.installed
}

browser_code() {
    target=web/browser
    if [ -e "$target/.locked" ] && cmp -s "$target/.locked" packaging/browser/package-lock.json; then return 0; fi
    rm -rf "$target.new" "$target"
    mkdir -p "$target.new"
    cp packaging/browser/package.json packaging/browser/package-lock.json "$target.new/"
    say "Installing the browser code of the web view"
    if command -v npm >/dev/null 2>&1; then
        (cd "$target.new" && npm ci --silent --no-audit --no-fund --ignore-scripts)
    else # the npm of a pip package, from an environment that is thrown away: it takes 200 MB
        throwaway=$(mktemp -d)
        "$PY" -m venv "$throwaway/venv"
        "$throwaway/venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r packaging/browser/npm.lock
        (cd "$target.new" && PATH="$throwaway/venv/bin:$PATH" npm ci --silent --no-audit --no-fund --ignore-scripts)
        rm -rf "$throwaway"
    fi
    cp packaging/browser/package-lock.json "$target.new/.locked"
    mv "$target.new" "$target"
}

debian_packages run
[ "$what" = run ] || debian_packages test
python_packages
browser_code
mkdir -p .set-up
touch ".set-up/$what"
