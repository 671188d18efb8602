#!/usr/bin/env bash
# Builds kube-apiserver 1.20.2, against which the tests of enclave-k8s run, and prints where it is.
#
#   scripts/kube-apiserver.sh            builds it, unless it is there already
#   scripts/kube-apiserver.sh --check    builds nothing; fails if it is not there
#
# The source is Debian 12's package kubernetes; Debian 13's has no API server. As root, missing Debian
# packages are installed (Go and one Go library). The build takes two to six minutes, 1.5 GB of disk while
# it runs, and leaves 61 MB in ${XDG_CACHE_HOME:-$HOME/.cache}/enclave. Only the last line goes to standard output.
set -euo pipefail

readonly version=1.20.2
readonly suite=bookworm
readonly source_version='1\.20\.5+really1\.20\.2'
readonly go=/usr/lib/go-1.24/bin/go
readonly reflect2=/usr/share/gocode/src/github.com/modern-go/reflect2
readonly home=${XDG_CACHE_HOME:-$HOME/.cache}/enclave/kube-apiserver-$version
readonly binary=$home/kube-apiserver

fail() {
  echo "error: $1" >&2
  exit 1
}

say() {
  echo "$1" >&2
}

check=
case ${1:-} in
  "") ;;
  --check) check=yes ;;
  --help | -h)
    sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p'
    exit 0
    ;;
  *) fail "scripts/kube-apiserver.sh has no option $1. Its options are --check and --help." ;;
esac

if [ -x "$binary" ]; then
  echo "$binary"
  exit 0
fi
[ -z "$check" ] || fail "There is no $binary. Run scripts/kube-apiserver.sh to build it."

command -v apt-get >/dev/null ||
  fail "kube-apiserver is built from Debian's source package, and this machine has no apt-get. Build kube-apiserver $version by other means, and put it at $binary."

install_packages() {
  local missing=()
  [ -x "$go" ] || missing+=(golang-1.24-go)
  [ -d "$reflect2" ] || missing+=(golang-github-modern-go-reflect2-dev)
  command -v xz >/dev/null || missing+=(xz-utils)
  if [ ${#missing[@]} -gt 0 ]; then
    local install="apt-get install -y --no-install-recommends ${missing[*]}"
    [ "$(id -u)" -eq 0 ] ||
      fail "Building kube-apiserver needs ${missing[*]}. Install them, for example: sudo $install"
    say "Installing what builds kube-apiserver: ${missing[*]}"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install -qq; } >&2
  fi
}

# Where this machine gets Debian from, as a line of a sources list for the older suite's source packages.
source_line() {
  local origin label codename uri key
  while IFS='|' read -r origin label codename uri key; do
    if [ "$origin" = Debian ] && [ "$label" = Debian ]; then
      # Of the machine's keys, the one that it trusts for Debian; a key inside the sources file has no path.
      [[ $key = /* ]] && key="[signed-by=$key] " || key=
      echo "deb-src $key$uri $suite main"
      return
    fi
  done < <(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(CODENAME)|$(REPO_URI)|$(SIGNED_BY)' \
    'Created-By: Packages')
  return 1
}

# Beside the machine's apt configuration, not in it; its proxies and credentials still count.
fetch_source() {
  local apt=$work/apt line
  mkdir -p "$apt"/{sources,lists/partial,cache/archives/partial} "$work/source"
  line=$(source_line) || {
    [ "$(id -u)" -ne 0 ] || apt-get update -qq >&2
    line=$(source_line)
  } || fail "apt knows no archive of Debian here. Run apt-get update, then this again."
  echo "$line" >"$apt/sources/debian.list"
  cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/sources";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
CONF
  export APT_CONFIG=$apt/apt.conf
  apt-get update -qq >&2
  (cd "$work/source" && apt-get -qq --download-only source kubernetes >&2)
  unset APT_CONFIG
  compgen -G "$work/source/kubernetes_*.dsc" | grep -q "/kubernetes_$source_version" ||
    fail "Debian's $suite has another version than $version: $(ls "$work/source"). Correct suite and source_version in scripts/kube-apiserver.sh."
}

unpack() {
  mkdir -p "$tree"
  tar -xf "$work"/source/kubernetes_*.orig.tar.* -C "$tree" --strip-components=1
  # The vendored one does not know this Go's maps: a server built with it panics when it answers.
  rm -rf "$tree/vendor/github.com/modern-go/reflect2"
  cp -rL "$reflect2" "$tree/vendor/github.com/modern-go/reflect2"
  find "$tree/vendor/github.com/modern-go/reflect2" -name '*_test.go' -delete
}

# What kube-apiserver says of its resources, which the source package leaves to be generated.
generate_openapi() {
  local inputs
  (cd "$tree" && "$go" build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen)
  # With -R, since what lies below vendor/k8s.io are links.
  inputs=$(cd "$tree" &&
    grep -Rl --include='*.go' '+k8s:openapi-gen=' pkg cmd plugin vendor/k8s.io |
    grep -v -e /code-generator/ -e /sample-apiserver/ | xargs -n 1 dirname | sort -u |
      sed 's|^|k8s.io/kubernetes/|' | paste -sd, -)
  (cd "$tree" && "$work/openapi-gen" -i "$inputs" -p k8s.io/kubernetes/pkg/generated/openapi \
    -O zz_generated.openapi -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt \
    -r "$work/violations.txt" >&2)
  # A server that lacks one starts, and ends a second later.
  grep -q '"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.CustomResourceDefinition":' \
    "$tree/pkg/generated/openapi/zz_generated.openapi.go" ||
    fail "The descriptions of resources that kube-apiserver needs were not generated."
}

compile() {
  local flags='-s -w' package
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    package=k8s.io/kubernetes/vendor/$package
    flags+=" -X $package.gitVersion=v$version -X $package.gitMajor=1 -X $package.gitMinor=20"
  done
  (cd "$tree" && "$go" build -tags providerless -trimpath -gcflags=all=-dwarf=false -ldflags "$flags" \
    -o "$work/kube-apiserver" ./cmd/kube-apiserver)
  "$work/kube-apiserver" --version | grep -qx "Kubernetes v$version" ||
    fail "What was built says that it is $("$work/kube-apiserver" --version), not v$version."
}

mkdir -p "$home"
# Who comes second waits, and finds it built.
exec 9>"$home/lock"
flock 9
if [ -x "$binary" ]; then
  echo "$binary"
  exit 0
fi
begun=$(date +%s)
work=$(mktemp -d "$home/build.XXXXXX")
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
tree=$work/go/src/k8s.io/kubernetes
install_packages
say "Fetching the source of kube-apiserver $version (Debian's kubernetes, of $suite)"
fetch_source
unpack
say "Building kube-apiserver $version: some minutes"
# Nothing from the network, nothing left in the user's own caches.
unset GOROOT GOFLAGS GOOS GOARCH
export GO111MODULE=off CGO_ENABLED=0 GOTOOLCHAIN=local GOPROXY=off
export GOPATH=$work/go GOCACHE=$work/go-cache GOTMPDIR=$work
# With -dwarf=false in compile, a seventh less processor time in the one build measured (docs/measurements.md).
export GOGC=1000
# Others on this machine come first.
renice -n 10 -p $$ >/dev/null
generate_openapi
compile
# In one step, so that nobody runs half of it.
mv "$work/kube-apiserver" "$binary"
say "Built kube-apiserver $version in $(($(date +%s) - begun)) s"
echo "$binary"
