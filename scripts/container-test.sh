#!/usr/bin/env bash
# Shows in real containers of Podman and of Docker that the command recognises where it is, warns when its keys
# do not lie on a volume, and finds them again in the next container when they do; and types the commands of
# docs/setup-docker.md with a real Docker. Needs root, and installs podman, runc, docker.io, docker-compose and
# debootstrap where apt-get can. Where a runtime cannot run, one line says so; with CONTAINERS=required, as in
# scripts/soak.sh, that is a failure. ENCLAVE_COMMAND names a folder with enclave.jar
# and lib in place of enclave-cli/target.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tag=enclave-container-test
work=$(mktemp -d)
daemon=
ran=0
trap cleanup EXIT
cleanup() {
  if [ -n "$daemon" ]; then
    docker_here volume rm -f "$tag" >/dev/null 2>&1 || true
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  podman volume rm -f "$tag" >/dev/null 2>&1 || true
  podman rmi -f "$tag" >/dev/null 2>&1 || true
  rm -rf "$work" 2>/dev/null || true
}
cannot() {
  echo "NOT RUN: the container test with $1: $2"
  [ "${CONTAINERS:-}" != required ] || exit 1
}
fail() {
  echo "error: $1" >&2
  exit 1
}
docker_here() { docker -H "unix://$work/docker.sock" "$@"; }

missing=()
command -v podman >/dev/null || missing+=(podman)
command -v runc >/dev/null || missing+=(runc)
command -v debootstrap >/dev/null || missing+=(debootstrap)
command -v dockerd >/dev/null || missing+=(docker.io)
command -v docker >/dev/null || missing+=(docker-cli)
docker compose version >/dev/null 2>&1 || missing+=(docker-compose)
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -q >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || true
fi
if [ "$(id -u)" -ne 0 ]; then
  cannot "Podman and Docker" "it needs root"
  exit 0
fi
command -v debootstrap >/dev/null || { cannot "Podman and Docker" "debootstrap is missing"; exit 0; }

java=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
# Debian's JDK has links into /etc; where they lead is mounted too.
jdk=(-v "$java:/jdk:ro")
while read -r folder; do jdk+=(-v "$folder:$folder:ro"); done < <(
  find "$java/" -type l -exec readlink -f {} + | grep '^/etc/' | xargs -r -n 1 dirname | cut -d/ -f1-3 | grep java | sort -u)
command=${ENCLAVE_COMMAND:-enclave-cli/target}
[ -n "${ENCLAVE_COMMAND:-}" ] || ./enclave --version >/dev/null
cp -rL "$command/enclave.jar" "$command/lib" "$work/"

# The base image: a Debian of this machine's mirror, kept between runs. No Java in it; the host's is mounted.
rootfs=${CONTAINER_ROOTFS:-${XDG_CACHE_HOME:-$HOME/.cache}/enclave-rootfs}
if [ ! -x "$rootfs/bin/bash" ]; then
  debootstrap --variant=minbase trixie "$rootfs" >"$work/debootstrap.log" 2>&1 ||
    { cannot "Podman and Docker" "debootstrap failed: $(tail -n 1 "$work/debootstrap.log")"; exit 0; }
fi
tar -C "$rootfs" -c . >"$work/root.tar"

# enclave RUNTIME_COMMAND... -- ARGUMENTS: the command in a container of its own.
inside() {
  local run=()
  while [ "$1" != -- ]; do run+=("$1"); shift; done
  shift
  "${run[@]}" --rm --network=none "${jdk[@]}" -v "$work:/opt/enclave:ro" \
    -e ENCLAVE_ENVIRONMENT=local -e ENCLAVE_SOFTWARE_DIRECTORY=/data/keys -e ENCLAVE_AUDIT_DIRECTORY=/data/audit \
    "$tag" /jdk/bin/java -jar /opt/enclave/enclave.jar "$@" 2>&1
}

# prove NAME MARKER VOLUME_OPTION RUNTIME_COMMAND...
prove() {
  local name=$1 marker=$2 volume=$3 said
  shift 3
  said=$(inside "$@" -- doctor) || fail "$name: doctor failed: $said"
  grep -Eq "^ *container +present .*$marker" <<<"$said" || fail "$name: not recognised by $marker: $said"
  said=$(inside "$@" -- keys create wallet --algorithm ED25519) || fail "$name: no key was made: $said"
  grep -q "lost with the container" <<<"$said" || fail "$name: no warning without a volume: $said"
  said=$(inside "$@" -- keys list)
  grep -q "There are no keys" <<<"$said" || fail "$name: keys outlived their container: $said"
  said=$(inside "$@" -v "$volume" -- keys create wallet --algorithm ED25519) || fail "$name: $said"
  ! grep -q "lost with the container" <<<"$said" || fail "$name: a warning on a volume: $said"
  said=$(inside "$@" -v "$volume" -- keys list)
  grep -q wallet <<<"$said" || fail "$name: the key on the volume is gone: $said"
  echo "$name: recognised by $marker, warns without a volume, keeps its keys with one"
  ran=$((ran + 1))
}

# The commands of docs/setup-docker.md as they stand there, at a copy of what they name. The image they build
# upon cannot be had everywhere, so one of Debian with this machine's JDK has its name.
document() {
  local place=$work/repository base=$work/base said
  mkdir -p "$place/enclave-cli/target" "$place/bin" "$base/opt/java"
  cp -r docs .dockerignore "$place/"
  rm -f "$place/docs/docker/passphrase.txt"
  cp -r "$work/enclave.jar" "$work/lib" "$place/enclave-cli/target/"
  printf '#!/bin/sh\nexec "%s/bin/java" -jar enclave-cli/target/enclave.jar "$@"\n' "$java" >"$place/enclave"
  chmod +x "$place/enclave"
  command -v sudo >/dev/null || { printf '#!/bin/sh\nexec "$@"\n' >"$place/bin/sudo"; chmod +x "$place/bin/sudo"; }
  printf 'pay 10 to Alice' >"$place/payment.txt"
  echo 'correct horse battery' >"$place/backup-password.txt"
  # With what its links lead to, and without what only a compiler needs.
  (cd "$java" && tar -ch --exclude=./jmods --exclude=./lib/src.zip --exclude=./lib/ct.sym --exclude=./man .) |
    tar -x -C "$base/opt/java"
  tar -C "$base" -rf "$work/root.tar" ./opt/java
  docker_here import --change 'ENV PATH=/opt/java/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$work/root.tar" eclipse-temurin:17-jre >/dev/null
  sed -n '/^ *```sh$/,/^ *```$/p' docs/setup-docker.md | grep -v '```' >"$place/steps.sh"
  said=$(cd "$place" && DOCKER_HOST="unix://$work/docker.sock" PATH="$place/bin:$PATH" bash -euo pipefail steps.sh 2>&1) ||
    fail "docs/setup-docker.md: $said"
  for text in "software *chosen" "Corretto" "Created wallet-1" "Signature Verified Successfully" "Backed up wallet-1" \
    "wallet-1 *ED25519"; do
    grep -q "$text" <<<"$said" || fail "docs/setup-docker.md: no '$text' in: $said"
  done
  openssl pkey -in "$place/wallet-1.backup" -passin "file:$place/backup-password.txt" -noout ||
    fail "docs/setup-docker.md: OpenSSL does not open the backup"
  echo "docs/setup-docker.md: every command did what it says"
}

if ! command -v podman >/dev/null || ! command -v runc >/dev/null; then
  cannot Podman "podman or runc is missing"
elif ! podman import "$work/root.tar" "$tag" >"$work/podman.log" 2>&1; then
  cannot Podman "no image can be made: $(tail -n 1 "$work/podman.log")"
elif ! podman --runtime runc run --rm --network=none "$tag" true >"$work/podman.log" 2>&1; then
  cannot Podman "no container starts: $(tail -n 1 "$work/podman.log")"
else
  podman volume rm -f "$tag" >/dev/null 2>&1 || true
  prove Podman /run/.containerenv "$tag:/data" podman --runtime runc run
fi

if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
  cannot Docker "dockerd or the docker client is missing"
else
  dockerd --data-root "$work/docker" --exec-root "$work/exec" -p "$work/docker.pid" -H "unix://$work/docker.sock" \
    --iptables=false --ip6tables=false --bridge=none >"$work/dockerd.log" 2>&1 &
  daemon=$!
  # Until the daemon says that it listens, or has ended; whether it works is asked next.
  timeout 30 grep -q -m 1 "API listen on" \
    < <(exec tail -n +1 -F --pid="$daemon" "$work/dockerd.log" 2>/dev/null) || true
  if ! docker_here info >/dev/null 2>&1; then
    cannot Docker "its daemon does not start: $(grep -i "fail\|error" "$work/dockerd.log" | tail -n 1)"
  elif ! docker_here import "$work/root.tar" "$tag" >"$work/docker.log" 2>&1 ||
    ! docker_here run --rm --network=none "$tag" true >"$work/docker.log" 2>&1; then
    cannot Docker "no container starts: $(tail -n 1 "$work/docker.log")"
  else
    prove Docker /.dockerenv "$tag:/data" docker -H "unix://$work/docker.sock" run
    if docker compose version >/dev/null 2>&1; then
      document
    else
      cannot "Docker Compose" "docker compose is missing"
    fi
  fi
fi
echo "container test: $ran of 2 runtimes"
