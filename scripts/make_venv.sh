#!/usr/bin/env bash
# A virtual environment at $2 from the Python at $1, on a machine that may have nothing prepared.
set -euo pipefail
python=$1 venv=$2
"$python" - <<'CHECK' || { echo "Flockwatch needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 2; }
import sys
sys.exit(sys.version_info < (3, 11))
CHECK
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    else
        echo "This Python cannot make virtual environments; install its venv package (Debian, Ubuntu: python3-venv)." >&2
        exit 2
    fi
fi
"$python" -m venv "$venv"
