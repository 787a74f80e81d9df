#!/usr/bin/env bash
# Generates TypeScript-readable JavaScript (messages and service descriptors) from every .proto file:
#   proto/slipway, proto/third_party/{google,grpc}  -> libs/gen/src, imported as @slipway/gen/<path>_pb.js
#   libs/rpc/testing                         -> beside the .proto file
# usage: scripts/generate.sh [--check]   with --check nothing is written; exits 1 when committed code is stale
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

check=false
case "${1:-}" in
"") ;;
--check) check=true ;;
*)
  echo "usage: scripts/generate.sh [--check]" >&2
  exit 2
  ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# generate OUT MODULE REWRITE... [-- BUF-ARGUMENT...]: the messages of one buf module into the folder OUT.
# validate.proto is not generated: its runtime comes with @bufbuild/protovalidate.
generate() {
  local out=$1 module=$2 options='"target=js+dts", "import_extension=js", "rewrite_imports=./buf/validate/*:@bufbuild/protovalidate/gen"'
  shift 2
  while [ $# -gt 0 ] && [ "$1" != "--" ]; do
    options+=", \"rewrite_imports=$1\""
    shift
  done
  if [ $# -gt 0 ]; then shift; fi
  buf generate "$module" "$@" -o "$out" \
    --template "{\"version\": \"v2\", \"plugins\": [{\"local\": \"protoc-gen-es\", \"out\": \".\", \"opt\": [$options]}]}"
}

# publish FROM TO: makes the generated files of TO those of FROM, or reports what differs.
publish() {
  local from=$1 to=$2 file stale=0
  while read -r file; do
    if ! cmp -s "$from/$file" "$to/$file"; then
      stale=1
      if $check; then
        echo "stale: $to/$file" >&2
      else
        mkdir -p "$(dirname "$to/$file")"
        cp "$from/$file" "$to/$file"
      fi
    fi
  done < <(cd "$from" && find . -type f | sed 's|^\./||' | LC_ALL=C sort)
  while read -r file; do
    if [ ! -e "$from/$file" ]; then
      stale=1
      if $check; then echo "left over: $to/$file" >&2; else rm "$to/$file"; fi
    fi
  done < <(if [ -d "$to" ]; then cd "$to" && find . -name '*_pb.js' -o -name '*_pb.d.ts' | sed 's|^\./||'; fi)
  if $check && [ "$stale" = 1 ]; then return 1; fi
}

failed=0
mkdir -p "$work/gen" "$work/testing"
generate "$work/gen" proto -- --path proto/slipway --path proto/third_party/google --path proto/third_party/grpc
publish "$work/gen" libs/gen/src || failed=1

if compgen -G "libs/rpc/testing/*.proto" >/dev/null; then
  generate "$work/testing" libs/rpc/testing "./slipway/**/*:@slipway/gen" "./google/**/*:@slipway/gen"
  publish "$work/testing" libs/rpc/testing || failed=1
fi

if [ "$failed" = 1 ]; then
  echo "Generated code is stale: run \`npm run generate\` and commit the result." >&2
  exit 1
fi
