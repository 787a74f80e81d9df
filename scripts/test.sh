#!/usr/bin/env bash
# usage: scripts/test.sh                  the checks of scripts/check.sh, then every test
#        scripts/test.sh MOCHA-ARGUMENT…  only tests; a file or folder takes the place of the whole list:
#                                         npm test -- libs/rpc/src/rpc-error.test.ts --grep details
# Ends with a plain line `N passed, N failed` that counts checks and tests; exits 1 unless all passed.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SLIPWAY_TALLY="$work/tally"
touch "$SLIPWAY_TALLY"

config=.mocharc.json
if [ $# = 0 ]; then
  echo "Checks"
  scripts/check.sh || true
else
  arguments=()
  for argument in "$@"; do
    if [ -e "$argument" ] || [[ "$argument" == *.test.ts ]]; then config="$work/mocha.json"; fi
    if [ -d "$argument" ]; then argument="${argument%/}/**/*.test.ts"; fi
    arguments+=("$argument")
  done
  set -- "${arguments[@]}"
  # mocha adds the paths of the command line to those of its configuration, so a narrower run needs one without any.
  node -e 'const { spec, ...options } = require("./.mocharc.json"); console.log(JSON.stringify(options))' >"$work/mocha.json"
fi

before=$(wc -l <"$SLIPWAY_TALLY")
mocha --config "$config" "$@" </dev/null
status=$?
# mocha that could not even load the tests has counted nothing.
if [ "$(wc -l <"$SLIPWAY_TALLY")" = "$before" ]; then echo "0 passed, 1 failed" >>"$SLIPWAY_TALLY"; fi

read -r passed failed < <(awk '{ passed += $1; failed += $3 } END { print passed + 0, failed + 0 }' "$SLIPWAY_TALLY")
if [ "$failed" = 0 ] && [ "$status" != 0 ]; then failed=1; fi
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
