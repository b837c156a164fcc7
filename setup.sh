#!/bin/sh
# Makes what a command of the Makefile needs: .venv, hash-pinned libraries, web assets, a browser and GL for the tests.
#
#   sh setup.sh run | phone | check | test
#
# Plain sh and nothing else, because nothing is installed yet. Each step leaves a copy of its lock in .venv/.done, so a
# step whose lock has not changed costs nothing. Whatever fails ends in one sentence and status 1;
# the tools' own words are kept in var/setup.log.
# PYTHON=python3.12 chooses the interpreter; otherwise the newest suitable one on PATH is taken.

set -eu
cd "$(dirname "$0")"
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV 2>/dev/null || true
HOUSE=$(pwd)
LOG=var/setup.log
DONE=.venv/.done
export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_HASHES=0
export PLAYWRIGHT_BROWSERS_PATH="$HOUSE/var/cache/browsers"

say() { echo "tomoni: $*"; }

stop() {
    echo "tomoni: $*" >&2
    exit 1
}

# ---- what can go wrong, in one sentence

explain() { # what was being done
    # On a full disk the log itself may be empty: so the free space is asked for as well (in units of 1 kB).
    if grep -qiE 'no space left|disk quota|errno 28|ENOSPC' "$LOG" || [ "$(free_space)" -lt 100000 ]; then
        stop "The disk is full: free about 2 GB under $HOUSE and try again."
    elif grep -qiE 'read-only file system|errno 30|EROFS' "$LOG"; then
        stop "The disk is read-only: copy the project to a folder that can be written to and try again."
    elif grep -qiE 'permission denied|errno 13' "$LOG"; then
        stop "No right to write under $HOUSE: take over the folder (chown) or copy it, and try again."
    elif grep -qE 'DO NOT MATCH THE HASHES' "$LOG"; then
        stop "A library does not match its hash in locks/: not installed. Details: $LOG"
    elif grep -qiE 'connection|name resolution|resolve host|temporary failure|failed to fetch|timed out|unreachable|proxy|SSLError|ENOTFOUND|EAI_AGAIN' "$LOG"; then
        stop "The package registry cannot be reached while $1: check the network (or pip's own settings) and try again."
    elif grep -qE 'No matching distribution' "$LOG"; then
        stop "The package registry does not offer a library of locks/ for this machine: $(grep -m1 'No matching' "$LOG"). Details: $LOG"
    fi
    stop "Something failed while $1: $(tail -n 1 "$LOG"). Details: $LOG"
}

free_space() { df -P -k . | awk 'NR == 2 { print $4 }'; }

attempt() { # what is being done, then the command
    doing=$1
    shift
    "$@" >"$LOG" 2>&1 || explain "$doing"
}

check_disk() {
    said=$( (mkdir -p var .venv && : >.venv/.probe && rm .venv/.probe) 2>&1) && return 0
    case $said in
    *[Rr]ead-only*) stop "The disk is read-only: copy the project to a folder that can be written to and try again." ;;
    *[Nn]o\ space* | *quota*) stop "The disk is full: free about 2 GB under $HOUSE and try again." ;;
    esac
    stop "No right to write under $HOUSE: take over the folder (chown) or copy it, and try again."
}

# ---- the interpreter

version_of() { "$1" -c 'import sys; print("%d%02d" % sys.version_info[:2])' 2>/dev/null || true; }
is_whole() { "$1" -c 'import ensurepip, ssl, sqlite3, venv' >/dev/null 2>&1; }

fits() { # a version as 311
    [ -n "$1" ] && [ "$1" -ge 311 ] && [ "$1" -le 314 ]
}

find_python() { # sets PYTHON, or stops
    if [ -n "${PYTHON:-}" ]; then
        found=$(version_of "$PYTHON")
        [ -n "$found" ] || stop "PYTHON=$PYTHON cannot be started: name a Python from 3.11 to 3.13."
        candidates=$PYTHON
    else
        # 3.14 comes last: there Kivy has no window yet.
        candidates="python3.13 python3.12 python3.11 python3.14 python3 python"
    fi
    unfit="" broken=""
    for candidate in $candidates; do
        found=$(version_of "$candidate")
        [ -n "$found" ] || continue
        if ! fits "$found"; then
            unfit="${unfit:-$found}"
        elif ! is_whole "$candidate"; then
            broken="${broken:-$candidate}"
        else
            PYTHON=$candidate
            return 0
        fi
    done
    refuse_python
}

refuse_python() {
    if [ -n "$broken" ]; then
        number=$("$broken" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        stop "$broken has no venv module: install it (Debian, Ubuntu: apt-get install python$number-venv) and try again."
    elif [ -z "$unfit" ]; then
        stop "No Python found: install Python 3.11, 3.12 or 3.13 and try again."
    elif [ "$unfit" -lt 311 ]; then
        stop "Python ${unfit%??}.$(dotted "$unfit") is too old: install Python 3.11, 3.12 or 3.13 (or say PYTHON=/path/to/python3.13)."
    fi
    stop "Python ${unfit%??}.$(dotted "$unfit") is too new: install Python 3.13 (or say PYTHON=/path/to/python3.13)."
}

dotted() { # 307 -> 7
    minor=${1#?}
    echo "${minor#0}"
}

# ---- the steps; each is done once for each state of its lock

is_done() { cmp -s "$2" "$DONE/$1"; }
mark_done() { attempt "noting what was installed" cp "$2" "$DONE/$1"; }

make_venv() {
    # A .venv that was moved, or whose Python is gone or is another one than was asked for, is made anew.
    if [ "$(cat "$DONE/place" 2>/dev/null)" = "$HOUSE" ] && .venv/bin/python -c 'import pip' 2>/dev/null; then
        [ -n "${PYTHON:-}" ] || return 0
        [ "$(version_of "$PYTHON")" != "$(version_of .venv/bin/python)" ] || return 0
    fi
    find_python
    say "Making .venv with $("$PYTHON" --version) ..."
    attempt "making .venv" "$PYTHON" -m venv --clear .venv
    mkdir -p "$DONE"
    echo "$HOUSE" >"$DONE/place"
}

install_lock() { # name, in words
    is_done "$1.txt" "locks/$1.txt" && return 0
    say "Installing $2 ..."
    # An unreachable registry should be told within seconds, not minutes, unless the person set times of their own.
    patience=""
    [ -n "${PIP_DEFAULT_TIMEOUT:-}${PIP_TIMEOUT:-}" ] || patience="--timeout 30"
    # shellcheck disable=SC2086
    attempt "installing $2" .venv/bin/python -m pip install -q --retries 2 $patience \
        --require-hashes --only-binary :all: --no-deps -r "locks/$1.txt"
    mark_done "$1.txt" "locks/$1.txt"
}

install_tomoni() {
    is_done pyproject.toml pyproject.toml && return 0
    attempt "installing tomoni itself" .venv/bin/python -m pip install -q --no-index --no-build-isolation --no-deps -e .
    mark_done pyproject.toml pyproject.toml
}

make_assets() { .venv/bin/python -m backend.web.build; }

# ---- what the tests need beside libraries

as_root() { [ "$(id -u)" = 0 ]; }
has_apt() { command -v apt-get >/dev/null 2>&1; }
is_debian() { has_apt && grep -qE '^ID=debian' /etc/os-release; }
has_gl() {
    [ "$(uname -s)" = Darwin ] ||
        .venv/bin/python -c 'import ctypes; ctypes.CDLL("libGL.so.1"); ctypes.CDLL("libEGL.so.1")' 2>/dev/null
}
has_browser() { .venv/bin/python -m tests.browser >"$LOG" 2>&1; }

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    [ -n "${APT_IS_FRESH:-}" ] || attempt "asking apt for its lists" apt-get update -q
    APT_IS_FRESH=yes
    attempt "installing $*" apt-get -o DPkg::Lock::Timeout=120 install -q -y --no-install-recommends "$@"
}

install_gl() {
    has_gl && return 0
    if as_root && has_apt; then
        say "Installing GL and EGL for the phone window ..."
        apt_install libgl1 libegl1
        has_gl && return 0
    fi
    stop "The phone window needs GL and EGL: run  sudo apt-get install libgl1 libegl1  (or your system's packages) and try again."
}

install_browser() {
    if has_browser; then return 0; fi
    say "Installing Chromium for the browser tests ..."
    # Only Debian's own chromium package is the browser; Ubuntu's is a doorway to snap, which a container lacks.
    remedy="sudo $HOUSE/.venv/bin/playwright install --with-deps chromium"
    if is_debian; then remedy="sudo apt-get install chromium libatomic1"; fi
    if as_root && is_debian; then
        apt_install chromium libatomic1
    elif as_root && has_apt; then
        attempt "installing Chromium" .venv/bin/playwright install --with-deps chromium
    else
        .venv/bin/playwright install chromium >"$LOG" 2>&1 || :
    fi
    has_browser && return 0
    stop "Chromium does not start: run  $remedy  (or say CHROMIUM=/path/to/chromium) and try again. Details: $LOG"
}

# ---- what each command needs

lay_ground() {
    check_disk
    [ -n "${HOME:-}" ] && [ -w "$HOME" ] || export HOME="$HOUSE/var"
    : >"$LOG"
    make_venv
    install_lock build "the build tools"
    install_lock backend "the libraries of the server"
    install_tomoni
}

add_phone() { install_lock mobile "the libraries of the phone"; }

need_window() {
    .venv/bin/python -c 'import sys; sys.exit(sys.version_info >= (3, 14))' ||
        stop "The phone window needs Python 3.11 to 3.13 (Kivy has none for 3.14 yet): say PYTHON=python3.13 and try again."
}

lay_ground
case ${1:-run} in
run) make_assets ;;
phone)
    need_window
    add_phone
    make_assets
    install_gl
    ;;
check)
    add_phone
    install_lock dev "the tools of the developers"
    make_assets
    ;;
test)
    add_phone
    install_lock dev "the tools of the developers"
    make_assets
    install_gl
    install_browser
    ;;
*) stop "setup.sh knows run, phone, check and test." ;;
esac
