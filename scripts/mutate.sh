#!/usr/bin/env bash
# Mutation testing (PIT): changes the compiled code in one place after another and runs the tests that reach it. A change
# that no test notices survives, and is printed. Minutes for each package, with one thread.
#
#   scripts/mutate.sh                      policy, resolution, audit verification and signature checks;
#                                          fails where less than 0.92 of an area's mutants are killed
#   scripts/mutate.sh policy               one area of resolution, policy, audit and signatures, or several
#   scripts/mutate.sh enclave-core dev.enclave.core.internal.config
#                                          a package of a module, by the tests in the package; fails never
#   scripts/mutate.sh enclave-core dev.enclave.core.internal.key 'core.*'
#                                          by the tests of dev.enclave whose names are like that
#
# MVN_OFFLINE=1 works without a network once everything has been downloaded. The reports, by line of code, are in
# target/pit-reports of the module. Record figures and what cannot be killed in docs/measurements.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

least=0.92

fail() {
  echo "error: $1" >&2
  exit 1
}

# A name, the module, and of it what is mutated, the tests that concern it, and tags of tests that are left out.
areas() {
  cat <<'AREAS'
policy|enclave-core|core.internal.policy.*|core.internal.policy.*|full
resolution|enclave-core|core.internal.resolve.*|core.internal.resolve.*|full
audit|enclave-audit|auditlog.merkle.*|auditlog.merkle.*,auditlog.records.*|full,needs-transparency
audit|enclave-audit|auditlog.check.AuditLogVerifier*,auditlog.check.CheckpointCheck*,auditlog.check.*Proof*,auditlog.check.LogProver*,auditlog.check.RecordedPublicKeys*,auditlog.check.MergedReader*|auditlog.check.*,auditlog.checkpoint.*,auditlog.write.SegmentsTest,auditlog.write.RemovalTest,auditlog.write.FileAuditSinkTest|full
signatures|enclave-crypto|crypto.internal.signature.*|crypto.internal.signature.*,crypto.SignaturesTest,crypto.SignatureFormsTest,crypto.internal.engine.EnginesAgreeTest|full
signatures|enclave-crypto|crypto.internal.encoding.Curve*,crypto.internal.encoding.DerReader*,crypto.internal.encoding.PublicKeys*|crypto.internal.signature.*,crypto.internal.encoding.*,crypto.SignaturesTest,crypto.PublicKey*Test|full
AREAS
}

# Prints what survives and what part was killed; false where that is less than $6.
mutate() {
  local name=$1 module=$2 packages=$3 tests=$4 without=$5 wanted=$6 folder=$2 report
  packages=dev.enclave.${packages//,/,dev.enclave.}
  tests=dev.enclave.${tests//,/,dev.enclave.}
  [ -d "$folder" ] || folder=testing/$module
  [ -f "$folder/pom.xml" ] || fail "There is no module $module in pom.xml."
  report=$folder/target/pit-reports/mutations.xml
  # What is compiled here is not judged: scripts/test.sh --full compiles it again.
  rm -f "$report" target/compiled
  mkdir -p target
  mvn -B -ntp ${MVN_OFFLINE:+-o} -P unjudged,mutations test-compile org.pitest:pitest-maven:mutationCoverage \
    -pl ":$module" -am -DtargetClasses="$packages" -DtargetTests="$tests" -DexcludedGroups="$without" \
    >target/mutate.log 2>&1 || { tail -n 40 target/mutate.log && fail "PIT failed. The log is target/mutate.log."; }
  [ -s "$report" ] || fail "$module has no code to mutate in $packages."
  sed -n "s/.*detected='false' status='\([A-Z_]*\)'.*<mutatedClass>\([^<]*\)<.*<mutatedMethod>\([^<]*\)<.*<lineNumber>\([0-9]*\)<.*<description>\([^<]*\)<.*/\1 \2.\3 line \4: \5/p" \
    "$report" | sed 's/&lt;/</g; s/&gt;/>/g' | sort
  awk -v name="$name" -v wanted="$wanted" '
    /<mutation / { all++ }
    /<mutation detected=.true./ { killed++ }
    END {
      printf "%s: %d of %d mutants killed, %.3f\n", name, killed, all, killed / all
      exit killed < wanted * all
    }' "$report"
}

case ${1:-} in
  --help | -h)
    sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p'
    exit 0
    ;;
  enclave-*)
    [ -n "${2:-}" ] || fail "$1 needs a package, such as scripts/mutate.sh enclave-core dev.enclave.core.internal.config."
    package=${2#dev.enclave.}
    mutate "$2" "$1" "$package.*" "${3:-$package.*}" full 0
    exit
    ;;
esac

for name in "$@"; do
  areas | grep -q "^$name|" || fail "There is no area $name. There are $(areas | cut -d'|' -f1 | uniq | paste -sd' ')."
done
low=
while IFS='|' read -r name module packages tests without; do
  [[ $# -eq 0 || " $* " == *" $name "* ]] || continue
  mutate "$name" "$module" "$packages" "$tests" "$without" $least </dev/null || low+=" $name"
done < <(areas)
[ -z "$low" ] || fail "Less than $least of the mutants are killed:$low."
