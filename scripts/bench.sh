#!/usr/bin/env bash
# Measures Enclave beside its engines and other libraries on JAVA_HOME's JDK and prints one table;
# more than an hour, or about half an hour with --quick, on a machine left alone; with --clouds nothing
# but the rows of the clouds. It measures and does not judge: missed targets are no error. Record figures
# in docs/measurements.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "error: $1" >&2
  exit 1
}

version_of() {
  "$1" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1
}

java=${JAVA_HOME:+$JAVA_HOME/bin/java}
java=${java:-$(command -v java || true)}
[ -z "${JAVA_HOME:-}" ] || [ -x "$java" ] ||
  fail "JAVA_HOME is $JAVA_HOME, which has no bin/java. Set it to a JDK 17 or newer, or unset it."
[ -n "$java" ] || fail "No Java was found. Install a JDK 17 or newer, or set JAVA_HOME to one."
command -v mvn >/dev/null || fail "Maven was not found. Install Maven 3.8.7 or newer."
version=$(version_of "$java")
major=${version%%[.-]*}
[ "${major:-0}" -ge 17 ] || fail "$java is Java $version. Set JAVA_HOME to a JDK 17 or newer."

# The target for SunEC names JDK 17, so a newer JDK gets that one's column beside its own.
options=()
if [ "$major" -ne 17 ]; then
  for home in /usr/lib/jvm/*; do
    if [ -x "$home/bin/java" ] && [[ $(version_of "$home/bin/java") == 17* ]]; then
      options=("--jdk17=$(readlink -f "$home")")
    fi
  done
  [ ${#options[@]} -gt 0 ] || echo "No JDK 17 in /usr/lib/jvm: its column is left out." >&2
fi

# Up to the jars: a module whose tests use another's needs that one's to be resolved.
mvn -q -B -ntp ${MVN_OFFLINE:+-o} package -pl :enclave-benchmarks -am \
  -Dmaven.test.skip -Dspotless.check.skip -Dcyclonedx.skip >&2
target=testing/enclave-benchmarks/target
"$java" -cp "$target/classes:$(cat "$target/class-path.txt")" \
  dev.enclave.benchmarks.Main "$target" "${options[@]}" "$@"
