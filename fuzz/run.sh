#!/usr/bin/env bash
# Runs every fuzz target of a build folder for some seconds each; a crash is a failure, its input stays in FOLDER/crashes.
set -uo pipefail
folder=$1 seconds=$2
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 3
passed=0 failed=0
for target in "$folder"/fuzz/fuzz_*; do
  if [ ! -x "$target" ] || [ -d "$target" ]; then continue; fi
  name=$(basename "$target")
  corpus=$folder/corpus/$name
  mkdir -p "$corpus" "$folder/crashes"
  seeds=()
  [ ! -d "fuzz/seeds/$name" ] || seeds=("fuzz/seeds/$name")
  if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$folder/crashes/$name-" -verbosity=0 \
    "$corpus" "${seeds[@]}" >"$folder/$name.log" 2>&1; then
    echo "ok      $name"
    passed=$((passed + 1))
  else
    echo "FAILED  $name"
    tail -n 40 "$folder/$name.log"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
