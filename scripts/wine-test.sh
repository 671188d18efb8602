#!/usr/bin/env bash
# Runs the DPAPI slice for real under Wine, with a Windows JRE 11 out of an npm package. Needs root
# on Debian, half a GiB and a few minutes the first time; not part of what CI runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v wine >/dev/null || ! command -v unzip >/dev/null || ! command -v npm >/dev/null; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends wine wine64 unzip npm
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

mvn -B -ntp -q ${MVN_OFFLINE:+-o} test -pl enclave-os-dpapi -am -Dtest=WineTest \
  -Dsurefire.failIfNoSpecifiedTests=false \
  -Denclave.wine.java="$jre/embedded_tools/jdk/bin/java.exe"
echo "DPAPI passed under $(wine --version)."
