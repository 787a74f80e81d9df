#!/usr/bin/env bash
# Plays the story of a model in a registry of its own, in a temporary folder and on a free port, and removes both:
#   npm run demo
# The model is trained on the spot where there is a Python with scikit-learn (the one that `npm test` makes, or
# SLIPWAY_DEMO_PYTHON); otherwise it is the one in examples/. On a terminal it waits SLIPWAY_DEMO_PAUSE seconds
# (default 1) after each step. Exits 0 when everything went as the story says.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"

python=${SLIPWAY_DEMO_PYTHON-$(compgen -G "$root/node_modules/.cache/slipway-python/*/bin/python" | tail -n 1 || true)}
pause=0 bold="" dim="" plain=""
if [ -t 1 ]; then
  pause=${SLIPWAY_DEMO_PAUSE:-1}
  if [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi
fi
# Settings of a registry of your own are not for this one.
unset "${!SLIPWAY_@}"

work=$(mktemp -d)
server=""
cleanup() {
  trap - EXIT INT TERM
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'echo && exit 130' INT
trap 'exit 143' TERM
mkdir "$work/tmp" "$work/desk"
export TMPDIR="$work/tmp"
if [ -n "$python" ] && ! "$python" -c "import joblib, onnxruntime, skl2onnx, sklearn" 2>/dev/null; then python=""; fi

slipway() { node "$root/services/standalone/bin/slipway.js" "$@"; }

# say TEXT: a step of the story.
say() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }

# try COMMAND [EXIT-CODE]: shows a command, runs it, and ends the demo when it does not exit as expected.
try() {
  local expected=${2:-0} code=0 shown=$1
  case $shown in slipway\ *) shown="npx $shown" ;; esac
  printf '%s$ %s%s\n' "$dim" "$shown" "$plain"
  eval "$1" 2>&1 || code=$?
  if [ "$code" != "$expected" ]; then
    printf '\nThe demo ends here: the last command exited with %s, not %s. The server said:\n' "$code" "$expected" >&2
    cat "$work/server.log" >&2
    exit 1
  fi
  if [ "$expected" != 0 ]; then printf '%s(exit code %s)%s\n' "$dim" "$expected" "$plain"; fi
  sleep "$pause"
}

say "A registry of our own, on a free port, with its data in a temporary folder"
SLIPWAY_HOME="$work/registry" SLIPWAY_LISTEN=127.0.0.1:0 SLIPWAY_LOG=warn \
  node "$root/services/standalone/bin/slipway.js" serve >"$work/server.log" 2>&1 &
server=$!
until address=$(grep -om 1 'http://[^ ]*' "$work/server.log"); do
  if ! kill -0 "$server" 2>/dev/null; then
    cat "$work/server.log" >&2
    exit 1
  fi
  sleep 0.05
done
export SLIPWAY_URL="$address" SLIPWAY_HOME="$work/me"
cd "$work/desk"
try "slipway doctor"

if [ -n "$python" ]; then
  say "A model: a random forest that tells three kinds of iris, trained now, saved for joblib and as ONNX"
  printf '%s$ python train.py iris%s\n' "$dim" "$plain"
  "$python" "$root/test/python/train.py" iris
else
  say "A model: a random forest that tells three kinds of iris, saved as ONNX"
  cp -R "$root/examples/iris" iris
fi
try "ls iris"

say "Push it. The registry proves every byte, looks into the files without loading them, and publishes it"
try "slipway push iris --model iris --tag data=fisher-1936"

say "The same again changes nothing, and sends nothing"
try "slipway push iris --model iris"

say "A word more in its description: only the changed file is sent, and it is a patch"
try "echo 'Trained on the data set of 1936.' >>iris/README.md"
try "slipway push iris --model iris"

say "A model that takes other inputs would break its callers: the registry sees it, and makes it a major version"
cp -R "$root/examples/iris-float64" iris-float64
try "slipway push iris-float64 --model iris"

say "A name for the one that production uses; it can be moved later"
try "slipway aliases set champion iris@1.0.1"

say "Others find it, and see what it takes and gives"
try "slipway models list"
try "slipway versions list iris --filter 'formats = onnx AND size_bytes < 1000000' --order-by 'number desc'"
try "slipway versions show iris@champion"

say "Somebody else pulls it, by the range of versions that their program can work with. Every file is verified"
mkdir "$work/elsewhere"
mv iris "$work/kept"
cd "$work/elsewhere"
try "slipway pull 'iris@^1' --to iris"
try "diff -r iris '$work/kept' && echo 'Not one byte differs.'"
if [ -n "$python" ]; then
  say "Loaded there, from joblib and from ONNX, it predicts what it predicted where it was trained"
  printf '%s$ python predict.py iris >predictions.json%s\n' "$dim" "$plain"
  "$python" "$root/test/python/predict.py" iris >predictions.json
  try "cmp predictions.json iris/predictions.json && echo 'The predictions are the same.'"
fi

say "Not every file is a friend: this pickle runs a command when somebody loads it"
mkdir evil
printf 'cposix\nsystem\n(S"echo pwned"\ntR.' >evil/model.pkl
try "slipway push evil --model evil" 3
try "slipway pull evil@1.0.0" 5

say "Who did what, and what the registry did about it"
try "slipway events watch --once --type slipway.version.published --type slipway.version.rejected"
try "slipway runs list"

say "That was it. Start a registry that stays with: npm start"
