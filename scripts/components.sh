#!/usr/bin/env bash
# Bring the real components that the tests drive; a missing one is a failure unless FLOCKWATCH_SKIP names it aloud.
set -euo pipefail

NEO4J_VERSION=5.26.30
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/flockwatch"

skipped() { case ",${FLOCKWATCH_SKIP:-}," in *",$1,"*) echo "left out aloud: $1" ;; *) return 1 ;; esac; }

from_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

chromium() {
    local name
    for name in "${FLOCKWATCH_CHROMIUM:-}" chromium chromium-browser google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if [ -n "$name" ] && command -v "$name" >/dev/null; then return 0; fi
    done
    from_apt chromium fonts-noto-core && command -v chromium >/dev/null && return 0
    echo "Chromium is missing: install it, name it with FLOCKWATCH_CHROMIUM, or run with FLOCKWATCH_SKIP=browser." >&2
    return 1
}

# The jars of the server and nothing of ours: Maven resolves them once (about 120 MiB), then they stay in the cache.
neo4j() {
    local jars="$CACHE/neo4j-$NEO4J_VERSION" fresh
    [ -d "$jars/lib" ] && java_17 && return 0
    if ! java_17 || ! command -v mvn >/dev/null; then
        from_apt openjdk-17-jre-headless maven || true
    fi
    if ! java_17 || ! command -v mvn >/dev/null; then
        echo "Neo4j needs Java 17 or 21 and Maven: install both, or run with FLOCKWATCH_SKIP=neo4j." >&2
        return 1
    fi
    mkdir -p "$CACHE"
    fresh="$(mktemp -d "$CACHE/neo4j-fetching-XXXXXX")"
    neo4j_pom >"$fresh/pom.xml"
    if ! mvn -q -B -f "$fresh/pom.xml" dependency:copy-dependencies -DoutputDirectory="$fresh/lib" >"$fresh/log" 2>&1; then
        echo "Maven could not fetch Neo4j $NEO4J_VERSION (see $fresh/log): check the network, or run with FLOCKWATCH_SKIP=neo4j." >&2
        return 1
    fi
    # Renamed when whole, so that a broken download is never taken for the server.
    rm -rf "$jars" && mv "$fresh" "$jars"
}

java_17() { java -version 2>&1 | grep -Eq 'version "(17|21)[."]'; }

neo4j_pom() {
    cat <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>flockwatch.tests</groupId><artifactId>neo4j-server</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>$NEO4J_VERSION</version></dependency>
    <dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>$NEO4J_VERSION</version></dependency>
  </dependencies>
</project>
POM
}

skipped browser || chromium
skipped neo4j || neo4j
