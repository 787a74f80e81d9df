#!/usr/bin/env bash
# usage: scripts/test-compose.sh [MOCHA-ARGUMENT…]
# Runs the tests of docker-compose.yml and docs/compose.md, `*.compose.test.ts`, which build the image and start everything
# under project names of their own. Ends with a plain line `N passed, N failed`, which is also appended to the file
# $SLIPWAY_TALLY where that is set. Exits 3, and says so in a line, where no Docker engine with Compose answers.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

if ! docker info >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
  echo "The tests of docker-compose.yml did not run: no Docker engine with Compose v2 answers (docker info, docker compose version)."
  exit 3
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SLIPWAY_TALLY="$work/tally" mocha --config .mocharc.compose.json "$@" </dev/null
status=$?
# mocha that could not even load the tests has counted nothing.
line=$(cat "$work/tally" 2>/dev/null || echo "0 passed, 1 failed")
if [ "$status" != 0 ]; then line=${line/%, 0 failed/, 1 failed}; fi
if [ -n "${SLIPWAY_TALLY:-}" ]; then echo "$line" >>"$SLIPWAY_TALLY"; fi
echo
echo "$line"
[ "$status" = 0 ]
