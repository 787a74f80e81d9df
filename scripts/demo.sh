#!/usr/bin/env bash
# Plays the story of a model, from a folder to a resolved version and back to files, against a server of its own: a
# temporary folder, a free port, nothing left behind. Nothing else needs to run. Pauses for the reader on a terminal.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
export PATH="$repository/node_modules/.bin:$PATH"
export SLIPWAY_HOME
SLIPWAY_HOME=$(mktemp -d)
server=
clean_up() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
  rm -rf "$SLIPWAY_HOME"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; fi
say() {
  printf '\n%s%s%s\n' "$bold" "$1" "$plain"
  if [ -t 1 ]; then sleep 1; fi
}
play() {
  printf '$ %s\n' "$*"
  "$@"
}
# play_refused CODE COMMAND…: a command that is meant to end with this exit code
play_refused() {
  local expected=$1 code=0
  shift
  play "$@" || code=$?
  if [ "$code" != "$expected" ]; then
    echo "expected exit code $expected, got $code" >&2
    exit 1
  fi
}

say "A server starts, with its data in a temporary folder."
SLIPWAY_LISTEN=127.0.0.1:0 SLIPWAY_LOG=warn slipway serve >"$SLIPWAY_HOME/banner" &
server=$!
until grep -q 'address' "$SLIPWAY_HOME/banner"; do
  kill -0 "$server" 2>/dev/null || { echo "The server did not start." >&2; exit 1; }
  sleep 0.05
done
export SLIPWAY_URL
SLIPWAY_URL=$(grep -o 'http://[^ ]*' "$SLIPWAY_HOME/banner" | head -n 1)
echo "It answers at $SLIPWAY_URL."

say "Somebody pushes a trained classifier: a folder with an ONNX file and a model card."
play ls examples/iris
play slipway push examples/iris --model iris --tag data=fisher-1936 --author Ada

say "The registry looked into the files. It knows what the model takes and gives, and found nothing dangerous."
play slipway versions show iris@latest

say "A retrained model takes other numbers. Called a patch, it is refused: who upgrades without care would break."
play_refused 1 slipway push examples/iris-float64 --model iris --number 1.0.1

say "Asked to decide, the registry makes it a new major version."
play slipway push examples/iris-float64 --model iris

say "Someone hides a command in a pickle. Whoever loads it would run it, so nobody gets it."
mkdir "$SLIPWAY_HOME/evil"
printf "cos\nsystem\n(S'echo gotcha'\ntR." >"$SLIPWAY_HOME/evil/model.pkl"
play_refused 3 slipway push "$SLIPWAY_HOME/evil" --model evil

say "Elsewhere somebody asks for any compatible 1.x and gets it, every byte verified."
play slipway pull 'iris@^1' --to "$SLIPWAY_HOME/elsewhere"
play cmp examples/iris/model.onnx "$SLIPWAY_HOME/elsewhere/model.onnx"
echo "The files are the same."

say "And everything that happened can be told."
play slipway versions list iris
play slipway events watch --once --after 0

say "That was it. Start your own with: npm start"
