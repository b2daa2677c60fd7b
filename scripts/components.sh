#!/usr/bin/env bash
# Bring the real components that the tests drive; a missing one is a failure unless FLOCKWATCH_SKIP names it aloud.
set -euo pipefail

skipped() { case ",${FLOCKWATCH_SKIP:-}," in *",$1,"*) echo "left out aloud: $1" ;; *) return 1 ;; esac; }

chromium() {
    local name
    for name in "${FLOCKWATCH_CHROMIUM:-}" chromium chromium-browser google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if [ -n "$name" ] && command -v "$name" >/dev/null; then return 0; fi
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core >/dev/null
        command -v chromium >/dev/null && return 0
    fi
    echo "Chromium is missing: install it, name it with FLOCKWATCH_CHROMIUM, or run with FLOCKWATCH_SKIP=browser." >&2
    return 1
}

skipped browser || chromium
