#!/usr/bin/env bash
# Measures how long it takes from a clean clone to the first signature: with nothing downloaded, and once more in
# another clone with everything downloaded. Needs what a developer's machine has (git, a JDK, Maven), and GNOME
# Keyring on a session bus of its own, where that is installed. Record figures in README.md and
# docs/measurements.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -m 700 "$work/run" "$work/data"
export MAVEN_OPTS="${MAVEN_OPTS:-} -Dmaven.repo.local=$work/repository"

at_the_desk() {
  if ! command -v gnome-keyring-daemon >/dev/null || ! command -v dbus-run-session >/dev/null; then
    echo "NOTE: no GNOME Keyring here, so the keys lie in files" >&2
    "$@"
    return
  fi
  XDG_RUNTIME_DIR=$work/run XDG_DATA_HOME=$work/data dbus-run-session -- sh -c '
    printf %s password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
    exec "$@"' sh "$@"
}

measure() {
  local begun line
  begun=$(date +%s%N)
  git clone -q "$root" "$work/$1"
  at_the_desk "$work/$1/enclave" demo 2>"$work/$1.log" | while read -r line; do
    case $line in
      backend:* | assurance:*) echo "  $line" ;;
      signature:*) echo "$2: $((($(date +%s%N) - begun) / 1000000000)) s to the first signature" ;;
    esac
  done
  [ "${PIPESTATUS[0]}" -eq 0 ] || { cat "$work/$1.log" >&2; exit 1; }
}

echo "$(nproc) cores, $(free -g | awk '/^Mem:/ { print $2 }') GiB, load $(cut -d' ' -f1-3 /proc/loadavg), commit $(git -C "$root" rev-parse --short HEAD)"
measure nothing "nothing downloaded"
echo "  downloaded: $(du -sm "$work/repository" | cut -f1) MB"
measure everything "everything downloaded"
