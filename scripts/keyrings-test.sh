#!/usr/bin/env bash
# Runs the backend of the operating system's store against a real KeePassXC and a real KWallet, without a screen.
# Installs both as root on Debian (some 80 MB); not part of what CI runs. Record what ran in docs/os.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()
command -v keepassxc >/dev/null || missing+=(keepassxc-full)
command -v kwalletd6 >/dev/null || missing+=(kwallet6)
# Without it KWallet agrees on no key for an encrypted session.
compgen -G '/usr/lib/*/qca-qt6/crypto/libqca-ossl.so' >/dev/null || missing+=(libqca-qt6-plugins)
command -v secret-tool >/dev/null || missing+=(libsecret-tools)
command -v dbus-send >/dev/null || missing+=(dbus)
command -v dbus-daemon >/dev/null || missing+=(dbus-daemon)
if [ ${#missing[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "error: This needs ${missing[*]} (Debian's names). Install them, for example: sudo $install" >&2
    exit 1
  fi
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive $install
fi

mvn -B -ntp -q ${MVN_OFFLINE:+-o} test -pl enclave-os -am -Dtest=OtherServicesTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Denclave.keyrings=true
echo "Passed with KeePassXC $(keepassxc-cli --version) and KWallet $(dpkg-query -W -f '${Version}' kwallet6 2>/dev/null || true)."
