#!/usr/bin/env bash
# Everything that ./do lint checks; prints each finding and ends with a count.
set -uo pipefail
build=$1
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 3
failures=0

check() { # NAME COMMAND...: runs a check and tells how it went
  local name=$1
  shift
  if "$@"; then
    printf 'ok      %s\n' "$name"
  else
    printf 'FAILED  %s\n' "$name"
    failures=$((failures + 1))
  fi
}

sources() { git ls-files --cached --others --exclude-standard -- 'src/*.[ch]' 'tests/*.[ch]' 'fuzz/*.[ch]'; }

format() { sources | xargs clang-format --dry-run -Werror; }

warnings() { # COMPILER: builds everything with warnings as errors
  local folder=$build-lint-$1
  if [ ! -f "$folder/build.ninja" ]; then
    CC=$1 meson setup "$folder" -Dwerror=true >/dev/null || return 1
  fi
  ninja -C "$folder" --quiet
}

tidy() { git ls-files --cached --others --exclude-standard -- 'src/*.c' | xargs -P 2 -n 8 clang-tidy --quiet -p "$build-lint-clang" --warnings-as-errors='*' 2>/dev/null; }

analyse() {
  cppcheck --quiet -j 2 --error-exitcode=1 --enable=warning,portability --inline-suppr --suppress=missingIncludeSystem \
    --library=gtk --std=c11 -D__GNUC__ '-DG_DEFINE_QUARK(a,b)=' '-Djson_object_foreach(o,k,v)=for (; (k) != (v);)' \
    '-Djson_array_foreach(o,k,v)=for (; (k) != 0;)' -I src src
}

check 'format (clang-format)' format
check 'includes point down' python3 tests/include_order.py
check 'warnings (gcc)' warnings gcc
check 'warnings (clang)' warnings clang
check 'clang-tidy' tidy
check 'cppcheck' analyse
check 'shell scripts (shellcheck)' sh -c 'git ls-files --cached --others --exclude-standard | xargs grep -lE "^#!.*(bash|/sh)" | xargs shellcheck'
[ "$failures" -eq 0 ] || { echo "$failures checks failed"; exit 1; }
