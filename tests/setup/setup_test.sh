#!/usr/bin/env bash
# setup_test.sh CHECK: black-box checks of tools/setup and tools/lint, without network and without building anything. 77: does not apply here.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
own_cache=${HONE_CACHE:-}
export HONE_CACHE=$scratch/cache

fail() { echo "FAILED: $*" >&2; exit 1; }
contains() { [[ $1 == *"$2"* ]] || fail "expected '$2' in: $1"; }
prefix=$(tools/setup --print-prefix)

case $1 in
  prefix)  # outside the checkout, in the cache asked for, one for each compiler
    [[ $prefix ]] || exit 77
    [[ $prefix == "$HONE_CACHE"/deps-* ]] || fail "prefix $prefix is not in $HONE_CACHE"
    [[ $(tools/setup --print-prefix) == "$prefix" ]] || fail "the prefix changes from call to call"
    printf '#!/bin/sh\necho "other compiler 99"\n' >"$scratch/cxx"
    chmod +x "$scratch/cxx"
    [[ $(CXX=$scratch/cxx tools/setup --print-prefix) != "$prefix" ]] || fail "another compiler has the same prefix"
    [[ ! -e $HONE_CACHE ]] || fail "--print-prefix made something"
    ;;
  no_apt)  # says what to install, and does not go on when it is not there
    mkdir "$scratch/bin"
    for tool in bash cat cut fold grep head id mkdir pkg-config sed sha256sum sort tr c++ env dirname; do
      ln -s "$(command -v $tool)" "$scratch/bin/$tool"
    done
    status=0
    said=$(PATH=$scratch/bin tools/setup 2>&1) || status=$?
    contains "$said" "no apt"
    contains "$said" "libsqlite3-dev"
    contains "$said" "glslang 15.1"
    [[ ! -e $HONE_CACHE ]] || fail "made $HONE_CACHE"
    if [[ $prefix ]]; then
      [[ $status -eq 1 ]] || fail "status $status"
      contains "$said" "no apt to fetch their sources"
    fi
    ;;
  two_at_once)  # the second waits, and says so; interrupted there, it leaves nothing that looks finished
    [[ $prefix ]] && command -v apt-get >/dev/null || exit 77
    mkdir -p "$HONE_CACHE"
    exec 8>"$HONE_CACHE/lock"
    flock 8
    touch "$scratch/said"
    tools/setup 2>"$scratch/said" 8>&- &
    for _ in {1..200}; do
      grep -q 'another setup is at work' "$scratch/said" && break
      sleep 0.1
    done
    contains "$(cat "$scratch/said")" "another setup is at work"
    kill $!  # the flock under it ends when this test does
    wait $! && fail "the interrupted set-up reports success"
    [[ ! -e $prefix ]] || fail "$prefix exists"
    ;;
  missing_library)  # CMake names tools/setup
    [[ $prefix ]] || exit 77
    said=$(cmake -S . -B "$scratch/build" -G Ninja -DHONE_TESTS=OFF 2>&1) && fail "configured without the libraries"
    contains "$said" "tools/setup"
    ;;
  together)  # the sources of a folder compile together, as tools/quickstart has them compiled: syntax and warnings only
    HONE_CACHE=$own_cache cmake --preset quickstart -B "$scratch/build" -DHONE_WERROR=ON -Wno-dev >"$scratch/said" 2>&1 || fail "$(cat "$scratch/said")"
    python3 -c 'import json, sys
for unit in json.load(open(sys.argv[1])):
    if "/Unity/" in unit["file"]: print(unit["command"] + " -fsyntax-only")' "$scratch/build/compile_commands.json" >"$scratch/commands"
    [[ $(wc -l <"$scratch/commands") -ge 6 ]] || fail "few units: $(cat "$scratch/commands")"
    xargs -P "$(nproc)" -d '\n' -n 1 sh -c <"$scratch/commands" || fail "a name of one file clashes with another's"
    ;;
  format)  # the tree is as .clang-format says; other versions than 14 disagree in details
    [[ $(clang-format --version 2>/dev/null) == *"version 14."* ]] && git rev-parse --git-dir >/dev/null 2>&1 || exit 77
    tools/lint --format
    ;;
  *) fail "unknown check $1" ;;
esac
