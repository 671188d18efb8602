#!/usr/bin/env bash
# The long forms of proofs that the tests run in short: 2 x 100,000 secp256k1 signatures; heap and core
# dumps around 10,000 signatures with each kind of key, with and without accelerators; the race
# contracts ROUNDS times (10 unless set); 4 processes of 8 threads at one key store for a minute; two class
# loaders beside a process at one log and one key store, SHARED_SECONDS each (120 unless set), with lock files
# whole and deleted; each system call by which a command changes a file, failing and killing it; 20,000
# interrupted operations; every
# change, deleted lane and fork of an audit log of 10,000 records; 6,000 mutated logs and key stores, hostile
# audit directories in a small heap, ten redeploys at each place; power cuts at every operation of the log ROUNDS times; the key
# store in real containers, which must be able to run here; every subset of marker variables with every
# subset of what speaks for a relaxed place; detection in 15 cold JVMs; Enclave and each cloud on bad days, against our own servers;
# 1,000,000 signatures by 64 threads on SoftHSM, and 100 kills of a token's process;
# each cloud gone after every single request of an application's life; migrations between every two backends, whole and
# ended at every request; 10,000 signatures deferred in an outage
# while processes are killed, on PostgreSQL and on H2; a year of rotations by ten replicas on bad days, YEARS
# times (1,000 unless set); what fifty replicas with 10,000 keys ask for; 100,000 forged requests of browsers; 1,000 backups each way between
# the wallet and Enclave.
# First of all the hunt for tests that pass by luck (scripts/hunt.sh), of BUILDS whole builds (3 unless set),
# with REPEAT repetitions (20 unless set).
# Record figures in docs/measurements.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${ROUNDS:-10}
shared=${SHARED_SECONDS:-120}
run() { mvn -q -B -ntp ${MVN_OFFLINE:+-o} test -am -Dsurefire.failIfNoSpecifiedTests=false "$@"; }

scripts/hunt.sh --builds "${BUILDS:-3}" --repeat "${REPEAT:-20}"

begun=$(date +%s)
run -pl enclave-crypto -Dtest=RecoveryTest -Denclave.soak.signatures=100000
echo "2 x 100,000 signatures: low-s, recovery ids right, $(($(date +%s) - begun)) s"

begun=$(date +%s)
run -pl enclave-crypto -Dtest=HeapDumpTest -Denclave.dump.long=true
echo "dumps around 10,000 signatures of each key: hits above, $(($(date +%s) - begun)) s"

begun=$(date +%s)
for ((i = 1; i <= rounds; i++)); do
  run -pl :enclave-testkit -Dtest='*Cloud*Test#*ace*+*Rotat*,InMemoryBackendTest#*ace*+*Rotat*'
done
echo "race contracts: $rounds rounds without a failure, $(($(date +%s) - begun)) s"

run -pl enclave-software -Dtest=ManyProcessesTest -Denclave.soak.seconds=60 |
  grep -E 'processes of|kills:'
echo "key store: no key lost, no file torn, no version twice"

run -pl :enclave-emulators -Dtest=EndedConnectionsTest -Denclave.soak.outages=2000
echo "outages: every connection ended, made at whatever moment"

run -pl enclave-software -Dtest=FlappingDayTest -Denclave.soak.hours=168
echo "fallback: a week of flapping, no signature without an endorsement"

run -pl enclave-audit -Dtest='TwoCopiesTest,LostClaimTest#losesNothing*' -Denclave.soak.seconds="$shared" |
  grep 'a log shared by'
run -pl enclave-software -Dtest='dev.enclave.software.TwoCopiesTest' -Denclave.soak.seconds="$shared" |
  grep 'two class loaders'
echo "two class loaders beside a process, lock files whole and deleted: nothing lost"

begun=$(date +%s)
run -pl enclave-software -Dtest=InterruptTest -Denclave.soak.interrupts=20000 | grep 'operations interrupted'
run -pl enclave-cli -Dtest=SyscallFaultTest -Denclave.soak.syscalls=true | grep 'calls, '
echo "interrupts and system calls: answers, keys and audit log agree, $(($(date +%s) - begun)) s"

begun=$(date +%s)
run -pl enclave-audit -Dtest=TamperingTest,LanesAndForksTest -Denclave.soak.records=10000
echo "audit log of 10,000 records: every change, deleted lane and fork found, $(($(date +%s) - begun)) s"

begun=$(date +%s)
run -pl enclave-audit -Dtest=MutatedLogTest -Denclave.soak.mutations=3000 | grep 'mutated logs'
run -pl enclave-software -Dtest=MutatedStoreTest -Denclave.soak.mutations=3000 | grep 'mutated stores'
run -pl enclave-audit -Dtest=HostileDirectoryTest | grep 'hostile audit directories'
run -pl enclave-cli -Dtest=RedeployTest -Denclave.soak.redeploys=10 | grep 'redeployed'
echo "mutations, hostile directories, redeploys: $(($(date +%s) - begun)) s"

begun=$(date +%s)
run -pl enclave-audit -Dtest=PowerCutTest -Denclave.soak.power-cuts="$rounds"
echo "power cuts: $rounds rounds without a loss, $(($(date +%s) - begun)) s"

# A backend has not every campaign. docs/adr/0091-pkcs11.md says which PKCS#11 lacks, and why.
play() {
  [ ! -e "$campaign/$1.java" ] || run -pl "$cloud" -Dtest="$1" "${@:3}" | grep "$2"
}
scripts/kube-apiserver.sh > /dev/null
for campaign in enclave-*/src/test/java/dev/enclave/*/campaign; do
  cloud=${campaign%%/*}
  begun=$(date +%s)
  play FaultCampaignTest 'scripted faults' -Denclave.campaign.long=true
  play LostAnswersTest 'keys created' -Denclave.campaign.creates=10000
  play LostImportsTest 'keys taken in' -Denclave.campaign.imports=2000
  play RacersTest 'racers to' -Denclave.campaign.rounds="$rounds"
  play CrashTest 'crashes' -Denclave.campaign.long=true
  play OrdersTest 'orders of the requests' -Denclave.campaign.orders=1000
  play TransientFaultsTest 'signs by' -Denclave.campaign.signatures=100000
  play TotalOutageTest 'total outage'
  play ManyKeysTest 'keys used' -Denclave.campaign.keys=10000
  play NoKeyInClientTest 'client after' -Denclave.campaign.dumped=10000
  echo "$cloud on bad days: $(($(date +%s) - begun)) s"
done

run -pl enclave-pkcs11 -Dtest=ManySignaturesTest -Denclave.soak.token-signatures=1000000 | grep 'signatures by'
run -pl enclave-pkcs11 -Dtest=KilledServerTest -Denclave.soak.token-kills=100 | grep 'process killed'

run -pl enclave-cli -Dtest=KilledCloudTest -Denclave.soak.kills=true | grep 'killed after each'

begun=$(date +%s)
run -pl enclave-cli -Dtest=MigrationPairsTest -Denclave.soak.migration-pairs=true | grep 'migrated from'
run -pl enclave-cli -Dtest=MigrationKillsTest -Denclave.soak.migration-kills=true | grep 'cut short'
run -pl enclave-cli -Dtest=MigrationHeapTest -Denclave.soak.migration-pairs=true | grep 'from'
run -pl enclave-cli -Dtest=MigrationBulkTest -Denclave.soak.migrated-keys=1000 | grep 'keys migrated'
echo "migrations: $(($(date +%s) - begun)) s"

run -pl :enclave-testkit -Dtest=RotationYearTest -Denclave.soak.rotation-years="${YEARS:-1000}" |
  grep 'rotation years'
run -pl :enclave-testkit -Dtest=RacingChangesTest -Denclave.soak.switches=8 | grep 'two processes at one key'
run -pl :enclave-testkit -Dtest=FleetCostTest -Denclave.soak.fleet-keys=10000 | grep 'replicas\|due at once'

run -pl enclave-k8s -Dtest=KekRotationTest -Denclave.soak.rewrapped-keys=200 | grep 'were rewrapped'
run -pl enclave-k8s -Dtest=RewrapKillsTest | grep 'a rewrapping killed'

run -pl enclave-browser -Dtest=RequestFuzzTest -Denclave.soak.browser-requests=100000 | grep 'forged requests'
run -pl enclave-browser -Dtest=BackupInteropTest -Denclave.soak.browser-backups=1000 | grep 'opened by the other side'

run -pl enclave-jca -Dtest=AgreementTest -Denclave.soak.jca-messages=10000 | grep 'agreement with'

run -pl enclave-jobs -Dtest=KillsTest -Denclave.soak.deferred=10000 | grep 'told to a listener'

run -pl enclave-azure -Dtest=LeadingZerosTest -Denclave.soak.signatures=10000 |
  grep 'signatures by the vault'

begun=$(date +%s)
CONTAINERS=required scripts/container-test.sh
echo "containers: $(($(date +%s) - begun)) s"

run -pl enclave-cli -Dtest='MetadataAddressTest#asksNobody*' -Denclave.soak.detections=15 | grep 'nothing asked'

begun=$(date +%s)
run -pl enclave-cli -Dtest=MarkerCombinationsTest -Denclave.soak.markers=true | grep 'marker combinations'
# Some 63 million subsets: ten minutes.
echo "marker combinations: never less than production, $(($(date +%s) - begun)) s"
