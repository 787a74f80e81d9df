#!/usr/bin/env bash
# Everything that can be said about the code without running it. Runs every check, also after a failure.
# Ends with a plain line `N passed, N failed`, which is also appended to the file $SLIPWAY_TALLY where that is set.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

passed=0
failed=0

# check NAME COMMAND...: one line when it passes, its whole output when it fails.
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    passed=$((passed + 1))
    echo "  ok      $name"
  else
    failed=$((failed + 1))
    echo "  FAILED  $name ($*)"
    printf '%s\n' "$output" | sed 's/^/          /'
  fi
}

check "style" biome check --error-on-warnings .
check "contract" buf lint proto
check "generated code" scripts/generate.sh --check
check "lock file" node scripts/complete-lock.ts --check
check "types" tsc -p tsconfig.json --pretty false
check "dependency arrows" depcruise --output-type err libs services test scripts
check "unused code" knip --no-progress

if [ -n "${SLIPWAY_TALLY:-}" ]; then echo "$passed passed, $failed failed" >>"$SLIPWAY_TALLY"; fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
