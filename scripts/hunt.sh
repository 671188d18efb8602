#!/usr/bin/env bash
# Looks for tests that pass by luck: the whole build in random order of classes and of methods, beside
# a busy processor, on a slow disk and on one core; then every class that uses threads, processes,
# sockets or clocks, again and again.
#
#   scripts/hunt.sh              three whole builds, one of each kind; such classes 20 times
#   scripts/hunt.sh --long       ten whole builds
#   scripts/hunt.sh --builds 1   so many whole builds
#   scripts/hunt.sh --kinds busy,slow-disk,one-core
#                                the kinds of whole builds, which take turns; these three, if none are named.
#                                There are also standstill, few-ports and elsewhere
#   scripts/hunt.sh --repeat 5   such classes so many times; 0 for never
#   scripts/hunt.sh --modules enclave-core,enclave-software   the tests of these modules alone
#
# The seed of each order is printed; SEED=… begins with that one. The slow disk needs strace: each
# fsync takes 20 ms more, and the tests that use strace or gdb themselves are left out there. In a standstill
# the build's process group stops for eight seconds, about once a minute. With few ports the build is in a network
# of its own, which has no other machine and 1,500 ports that are given out again and again: it needs unshare, ip
# and what Maven and the scripts have fetched before. Elsewhere numbers have other digits, days begin at other times
# and nobody else may read new files: it needs localedef and the sources of locales. Stops after the first build that has
# failures, whose log is kept in target/hunt. Record causes and figures in docs/measurements.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "error: $1" >&2
  exit 1
}

number() {
  [[ $2 =~ ^[0-9]+$ ]] || fail "$1 needs a number and got '$2'."
  echo "$2"
}

builds=3
repeat=20
kinds=(busy slow-disk one-core)
only=
while [ $# -gt 0 ]; do
  case $1 in
    --long) builds=10 ;;
    --builds)
      builds=$(number "$1" "${2:-}")
      shift
      ;;
    --repeat)
      repeat=$(number "$1" "${2:-}")
      shift
      ;;
    --kinds)
      IFS=, read -r -a kinds <<<"${2:-}"
      [ ${#kinds[@]} -gt 0 ] || fail "--kinds needs some of busy, slow-disk, one-core, standstill, few-ports and elsewhere, with commas."
      for kind in "${kinds[@]}"; do
        [[ $kind =~ ^(busy|slow-disk|one-core|standstill|few-ports|elsewhere)$ ]] ||
          fail "--kinds got '$kind'. There are busy, slow-disk, one-core, standstill, few-ports and elsewhere."
      done
      shift
      ;;
    --modules)
      only=${2:-}
      [ -n "$only" ] || fail "--modules needs names of modules, such as enclave-core,enclave-os."
      for module in ${only//,/ }; do
        [ -f "$module/pom.xml" ] || [ -f "testing/$module/pom.xml" ] ||
          fail "--modules $module: there is no such module in pom.xml."
      done
      shift
      ;;
    --help | -h)
      sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p'
      exit 0
      ;;
    *) fail "scripts/hunt.sh has no option $1. Its options are --long, --builds, --kinds, --repeat, --modules and --help." ;;
  esac
  shift
done

seed=${SEED:-$(date +%s)}
kept=target/hunt
mkdir -p "$kept"
busy=()
group=

quiet() {
  [ ${#busy[@]} -eq 0 ] || kill "${busy[@]}" 2>/dev/null || true
  busy=()
  [ -z "$group" ] || end "$group"
  group=
}

# A process group, which may be standing still: it has some seconds to clear up.
end() {
  kill -TERM -- "-$1" 2>/dev/null || return 0
  kill -CONT -- "-$1" 2>/dev/null || true
  for process in $(pgrep -g "$1"); do
    timeout 10 tail --pid="$process" -f /dev/null || true
  done
  kill -KILL -- "-$1" 2>/dev/null || true
}
trap quiet EXIT

# What passes for the home of a JDK: its java, and the processes that it starts, wait 20 ms more for each fsync.
slow_disk() {
  local home=$PWD/$kept/slow-disk java
  java=$(readlink -f "$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java")")
  mkdir -p "$home/bin"
  cat >"$home/bin/java" <<JAVA
#!/bin/sh
exec strace -f --seccomp-bpf -qq -o /dev/null -e trace=fsync,fdatasync \\
  -e inject=fsync,fdatasync:delay_enter=20000 "$java" "\$@"
JAVA
  chmod +x "$home/bin/java"
  echo "$home"
}

# Runs a command in a process group of its own, which stands still again and again as a machine does that has no
# processor left for it: the clocks go on.
standing_still() {
  local status=0
  setsid "$@" &
  group=$!
  while :; do
    sleep $((20 + RANDOM % 60))
    kill -STOP -- "-$group" 2>/dev/null || break
    sleep 8
    kill -CONT -- "-$group" 2>/dev/null || break
  done &
  busy+=($!)
  wait "$group" || status=$?
  quiet
  return $status
}

# Runs a command in a network of its own, with few ports. Whoever is not root is root in there.
on_few_ports() {
  local user=()
  [ "$(id -u)" -eq 0 ] || user=(--map-root-user)
  MVN_OFFLINE=1 unshare --net "${user[@]}" sh -c \
    'ip link set lo up && echo "40000 41499" >/proc/sys/net/ipv4/ip_local_port_range && exec "$@"' sh "$@"
}

# Runs a command as on a machine in Cairo, by the clock of the Chatham Islands (UTC+12:45, or +13:45).
far_away() {
  local locales=$PWD/$kept/locales
  mkdir -p "$locales"
  localedef -i ar_EG -f UTF-8 "$locales/ar_EG.UTF-8" || fail "There are no sources of locales. Install locales."
  (
    umask 077
    LOCPATH=$locales LC_ALL=ar_EG.UTF-8 LANG=ar_EG.UTF-8 TZ=Pacific/Chatham "$@"
  )
}

in_random_order() {
  echo "-Dtests.order=random"
  echo "-Dsurefire.runOrder.random.seed=$seed"
  echo "-Dtests.jvmArgs=-Djunit.jupiter.testmethod.order.default=org.junit.jupiter.api.MethodOrderer\$Random -Djunit.jupiter.execution.order.random.seed=$seed"
}

# Maven's properties that choose classes.
chosen=()

# A build of a kind, with what scripts/test.sh takes beside.
round() {
  local kind=$1 begun status=0
  shift
  begun=$(date +%s)
  rm -f target/test.log
  mapfile -t order < <(in_random_order)
  # One build finds as many failures as there are.
  order+=(-Dmaven.test.failure.ignore=true ${chosen[@]+"${chosen[@]}"})
  case $kind in
    busy)
      for ((i = 0; i < $(nproc); i++)); do
        while :; do :; done &
        busy+=($!)
      done
      scripts/test.sh --full "$@" -- "${order[@]}" >"$kept/out" 2>&1 || status=$?
      quiet
      ;;
    slow-disk)
      command -v strace >/dev/null || fail "The slow disk needs strace. Install it."
      scripts/test.sh --full --without strace,gdb --on "$(slow_disk)" "$@" -- "${order[@]}" >"$kept/out" 2>&1 || status=$?
      ;;
    standstill)
      standing_still scripts/test.sh --full "$@" -- "${order[@]}" >"$kept/out" 2>&1 || status=$?
      ;;
    few-ports)
      for needed in unshare ip; do
        command -v "$needed" >/dev/null || fail "Few ports need $needed. Install util-linux and iproute2."
      done
      on_few_ports scripts/test.sh --full "$@" -- "${order[@]}" >"$kept/out" 2>&1 || status=$?
      ;;
    elsewhere)
      command -v localedef >/dev/null || fail "Elsewhere needs localedef. Install it: apt-get install libc-bin"
      far_away scripts/test.sh --full "$@" -- "${order[@]}" >"$kept/out" 2>&1 || status=$?
      ;;
    again)
      scripts/test.sh --full "$@" -- "${order[@]}" >"$kept/out" 2>&1 || status=$?
      ;;
    one-core)
      taskset -c 0 scripts/test.sh --full "$@" -- "${order[@]}" >"$kept/out" 2>&1 || status=$?
      ;;
  esac
  if [ "$status" -ne 0 ]; then
    cat "$kept/out"
    [ ! -f target/test.log ] || cp target/test.log "$kept/failed-$kind-$seed.log"
    fail "Seed $seed, $kind: a test failed. The log is $kept/failed-$kind-$seed.log."
  fi
  echo "seed $seed, $kind: $(grep -E '^[0-9]+ passed' "$kept/out"), $(($(date +%s) - begun)) s"
  seed=$((seed + 1))
}

for ((build = 0; build < builds; build++)); do
  round "${kinds[build % ${#kinds[@]}]}" ${only:+--module "$only"}
done

[ "$repeat" -gt 0 ] || exit 0
words='Thread|Executor\w*|CompletableFuture|Process|ProcessBuilder|ServerSocket|Socket|nanoTime|CountDownLatch|CyclicBarrier|Instant\.now|\w+Server'
searched=('enclave-*')
[ -z "$only" ] || IFS=, read -r -a searched <<<"$only"
searched+=("${searched[@]/#/testing/}")
# The campaigns' own classes say nothing of what they extend.
classes=$(git grep -lE "\b($words)\b|extends \w+Campaign" -- "${searched[@]/%//src/test/*Test.java}" |
  sed 's|.*/src/test/java/||; s|\.java$||' | paste -sd,) || true
[ -n "$classes" ] || fail "No test of ${only:-any module} uses threads, processes, sockets or clocks."
echo "$(tr , '\n' <<<"$classes" | wc -l) classes, $repeat times"
chosen=("-Dtest=$classes" -Dsurefire.failIfNoSpecifiedTests=false)
for ((i = 0; i < repeat; i++)); do
  round again ${only:+--module "$only"}
done
