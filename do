#!/usr/bin/env bash
# The verbs of this project. Needs bash and apt, installs what is missing, and asks for sudo only then.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH" # Debian's own programs first: python3, meson, haproxy
top=$PWD
build=${DROVER_BUILD:-$top/build}

# verb: the Debian packages that it needs beyond those of the verbs it calls
packages_build="gcc meson ninja-build pkg-config libglib2.0-dev libyaml-dev libjansson-dev libmicrohttpd-dev
  libcurl4-openssl-dev libssl-dev libsqlite3-dev libpq-dev libpcre2-dev libseccomp-dev git"
packages_run="podman runc buildah skopeo netavark aardvark-dns iptables uidmap haproxy git"
packages_shop="mmdebstrap postgresql postgresql-client python3 python3-django python3-djangorestframework gunicorn
  python3-psycopg2 python3-whitenoise"
packages_test="python3-pytest busybox-static zstd shellcheck pyflakes3 man-db curl"
packages_lint="clang-format clang-tidy cppcheck shellcheck"
packages_san="clang libclang-rt-14-dev llvm-14"
packages_cover="gcovr"
packages_bench="socat curl"

usage() {
  cat <<'EOF'
Usage: ./do VERB [ARGUMENTS]

  build           compiles drover into build/drover
  demo            takes the example shop through the whole line; --keep leaves it running until Ctrl-C
  test            installs what the tests need, builds, runs all tests; ends with "N passed, N failed"
  lint            format, compiler warnings as errors (GCC and clang), clang-tidy, cppcheck, include order, shell scripts
  san             unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
  cover           line coverage of src/, by all tests; fails below 80 %
  fuzz [SECONDS]  each libFuzzer target for so long (60)
  bench           measures, prints a table and writes build/bench.json
  install [DIR]   installs the binary, the man page and the systemd unit, below DIR (or $DESTDIR) when given
  clean           removes build/ and all that a demo or a test left running
EOF
}

say() { printf '\033[36m▸\033[0m %s\n' "$*" >&2; }

# need PACKAGES: installs those that are missing.
need() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
  { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } >"$top/.apt.log" 2>&1 || {
    tail -n 20 "$top/.apt.log" >&2
    echo "error: these packages could not be installed: ${missing[*]}" >&2
    exit 3
  }
  rm -f "$top/.apt.log"
}

# npm comes with Node.js from elsewhere on some machines, which Debian's package would not go beside.
need_npm() {
  command -v npm >/dev/null || need npm
}

# as_root VERB ARGUMENTS: containers, routers and a database server of one's own need root; goes on under sudo.
as_root() {
  [ "$(id -u)" -ne 0 ] || return 0
  say "$1 runs containers and a database server, which needs root: going on with sudo"
  exec sudo -- "$top/do" "$@"
}

# compile FOLDER [MESON OPTIONS]: configures it once and builds.
compile() {
  local folder=$1
  shift
  [ -f "$folder/build.ninja" ] || meson setup "$folder" "$@" >"$folder.setup.log" 2>&1 || { cat "$folder.setup.log" >&2; exit 3; }
  rm -f "$folder.setup.log"
  ninja -C "$folder" --quiet
}

do_build() {
  # shellcheck disable=SC2086
  need $packages_build
  compile "$build" ${CI:+-Dwerror=true}
}

do_demo() {
  as_root demo "$@"
  # shellcheck disable=SC2086
  need $packages_build $packages_run $packages_shop
  do_build
  exec python3 examples/demo/demo.py --drover "$build/drover" --work "$build/demo" --json "$build/demo.json" "$@"
}

do_test() {
  as_root test "$@"
  # shellcheck disable=SC2086
  need $packages_build $packages_run $packages_shop $packages_test
  need_npm
  do_build
  exec python3 tests/run.py --build "$build" "$@"
}

do_lint() {
  # shellcheck disable=SC2086
  need $packages_build $packages_lint $packages_san
  exec bash tests/lint.sh "$build"
}

do_san() {
  # shellcheck disable=SC2086
  need $packages_build $packages_san
  CC=clang compile "$build-san" -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=true
  ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    exec meson test -C "$build-san" --print-errorlogs --timeout-multiplier 5 "$@"
}

do_cover() {
  as_root cover "$@"
  # shellcheck disable=SC2086
  need $packages_build $packages_run $packages_shop $packages_test $packages_cover
  need_npm
  compile "$build-cover" -Db_coverage=true
  find "$build-cover" -name '*.gcda' -delete
  python3 tests/run.py --build "$build-cover" "$@"
  exec gcovr --root "$top" --filter src/ --object-directory "$build-cover" --exclude-unreachable-branches --fail-under-line 80 \
    --json "$build/cover.json" --txt
}

do_fuzz() {
  # shellcheck disable=SC2086
  need $packages_build $packages_san
  CC=clang compile "$build-fuzz" -Dfuzz=true -Dc_args=-fsanitize=fuzzer-no-link -Db_sanitize=address,undefined -Db_lundef=false
  exec bash fuzz/run.sh "$build-fuzz" "${1:-60}"
}

do_bench() {
  as_root bench "$@"
  # shellcheck disable=SC2086
  need $packages_build $packages_run $packages_test $packages_bench
  compile "$build-release" -Dbuildtype=release
  mkdir -p "$build"
  exec python3 bench/run.py --drover "$build-release/drover" --json "$build/bench.json" "$@"
}

do_install() {
  # shellcheck disable=SC2086
  need $packages_build
  compile "$build-release" -Dbuildtype=release
  local target=${1:-${DESTDIR:-}}
  [ -z "$target" ] || target=$(realpath -m -- "${target/#[!\/]*/$caller/$target}")
  DESTDIR=$target exec meson install -C "$build-release" --no-rebuild --quiet
}

do_clean() {
  [ ! -d "$build/demo" ] || python3 examples/demo/demo.py --drover "$build/drover" --work "$build/demo" --clean || true
  rm -rf "$build" "$build"-*
}

verb=${1:-help}
case $verb in
build | demo | test | lint | san | cover | fuzz | bench | install | clean)
  shift
  "do_$verb" "$@"
  ;;
help | --help | -h) usage ;;
*)
  echo "error: ./do has no verb \"$verb\"" >&2
  usage >&2
  exit 2
  ;;
esac
