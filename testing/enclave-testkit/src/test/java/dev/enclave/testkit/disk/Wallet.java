package dev.enclave.testkit.disk;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.audit.AuditVerification;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A service whose audit log lies on a small disk. Prints what it meets, a line each. */
final class Wallet {

  private static final int THREADS = 4;
  private static final int MORE_THAN_FITS = 20_000;

  /** What the ballast leaves: some 700 records. Where it is removed, a whole queue of them fits. */
  private static final int LITTLE_ROOM = 300;

  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private final InMemoryProvider memory = new InMemoryProvider();
  private final Path place;
  private final String environment;
  private final boolean remote;
  private final Set<String> released = ConcurrentHashMap.newKeySet();

  /** Released at the moment when the trouble began: accepted by the log, or not recorded. */
  private final Set<String> doubtful = ConcurrentHashMap.newKeySet();

  /** How many signatures have ended; when each released one did, and when each thread's began. */
  private final AtomicLong ends = new AtomicLong();

  private final Map<String, Long> endOf = new ConcurrentHashMap<>();
  private final ThreadLocal<Long> begun = ThreadLocal.withInitial(() -> 0L);

  /** When the signature began that met the first trouble: whatever ended later may have met it. */
  private final AtomicLong troubledFrom = new AtomicLong(Long.MAX_VALUE);

  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean refusalTold = new AtomicBoolean();

  private Wallet(Path place, String environment, boolean remote) {
    this.place = place;
    this.environment = environment;
    this.remote = remote;
    Logger.getLogger("").addHandler(new TroubleSeen());
  }

  /** Trouble is logged by the thread that meets it first, during its signature. */
  private final class TroubleSeen extends Handler {

    @Override
    public void publish(LogRecord message) {
      if (String.valueOf(message.getMessage()).contains("operations go on unrecorded")) {
        troubledFrom.accumulateAndGet(begun.get(), Math::min);
      }
    }

    @Override
    public void flush() {
      // Nothing is kept.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  /** What to do, at which place, in which environment, with which backend. */
  public static void main(String[] arguments) throws Exception {
    Wallet wallet = new Wallet(Path.of(arguments[1]), arguments[2], arguments[3].equals("remote"));
    switch (arguments[0]) {
      case "fill" -> wallet.fill();
      case "fill-and-close" -> wallet.fillAndClose();
      case "start-full" -> wallet.startFull();
      case "start-read-only" -> wallet.startReadOnly();
      case "turn-read-only" -> wallet.turnReadOnly();
      case "go-on" -> wallet.goOn();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private void fill() throws Exception {
    ballast(LITTLE_ROOM);
    try (Enclave enclave = open()) {
      signUntilTroubled(enclave);
      say("while full: ", enclave);
      say("verified while full: " + verified());
      attempt(() -> enclave.createKey(spec("another")), "creating while full");
      removeBallast();
      sign(enclave.signingKeys().key("wallet"), "after-1");
      sign(enclave.signingKeys().key("wallet"), "after-2");
      say("with room again: ", enclave);
    }
    compare();
  }

  private void fillAndClose() throws Exception {
    ballast(LITTLE_ROOM);
    Enclave enclave = open();
    signUntilTroubled(enclave);
    attempt(enclave::close, "closing");
    say("verified while full: " + verified());
    say("the end while full: " + end());
    attempt(() -> open().close(), "opening while full");
    removeBallast();
    goOnSigning();
    compare();
  }

  private void startFull() throws Exception {
    ballast(0);
    attempt(() -> open().close(), "opening while full");
    diagnose();
    removeBallast();
    diagnose();
    goOnSigning();
    compare();
  }

  private void startReadOnly() throws Exception {
    remount("remount,ro");
    attempt(() -> open().close(), "opening a new log");
    diagnose();
    remount("remount,rw");
    goOnSigning();
    remount("remount,ro");
    attempt(() -> open().close(), "opening a log");
    diagnose();
    say("verified while read-only: " + verified());
    say("proven while read-only: " + builder().auditLog().prove(0, 1).startsWith("{"));
    say("read while read-only: " + recorded());
    remount("remount,rw");
    goOnSigning();
    compare();
  }

  private void turnReadOnly() throws Exception {
    Enclave enclave = open();
    SigningKey key = enclave.createKey(spec("wallet"));
    for (int i = 0; i < 20; i++) {
      sign(key, "before-" + i);
    }
    // As the kernel does after an error of the disk.
    remount("remount,abort");
    signUntilTroubled(enclave);
    say("while read-only: ", enclave);
    attempt(enclave::close, "closing");
    released.forEach(user -> say("released by " + user));
  }

  private void goOn() throws Exception {
    say("verified: " + verified());
    goOnSigning();
    say("verified: " + verified());
    recorded().forEach(user -> say("recorded " + user));
  }

  private void goOnSigning() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.ensureKey(spec("wallet"));
      sign(key, "gone-on");
    }
  }

  private boolean development() {
    return environment.equals("development");
  }

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(remote ? cloud : memory)
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    environment,
                    "enclave.audit.directory",
                    log().toString(),
                    "enclave.audit.countersign",
                    "off")));
  }

  private Enclave open() {
    return builder().open();
  }

  private Path log() {
    return place.resolve("audit");
  }

  /** Until every thread was refused, or knows that the log cannot be written. */
  private void signUntilTroubled(Enclave enclave) throws InterruptedException {
    SigningKey key = enclave.ensureKey(spec("wallet"));
    List<Thread> threads = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      String user = "user-" + thread + "-";
      threads.add(new Thread(() -> signUntilTroubled(enclave, key, user)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    // A record may fit where those of several threads together did not.
    signUntilTroubled(enclave, key, "user-last-");
    for (int i = 0; i < 20; i++) {
      sign(key, "while-troubled-" + i);
    }
    for (String user : Set.copyOf(released)) {
      // Trouble may pass unseen by a thread that met it: a small record of another thread ends it.
      if (user.startsWith("user-") && endOf.getOrDefault(user, 0L) > troubledFrom.get()) {
        released.remove(user);
        doubtful.add(user);
      }
    }
    say("released in trouble: " + released.stream().filter(u -> u.startsWith("while-")).count());
    say("released before: " + released.stream().filter(u -> u.startsWith("user-")).count());
  }

  private void signUntilTroubled(Enclave enclave, SigningKey key, String user) {
    for (int i = 0; i < MORE_THAN_FITS; i++) {
      if (!sign(key, user + i)) {
        return;
      }
      if (development() && !findings(enclave).isEmpty()) {
        // Each thread's last one may be the one that met it.
        released.remove(user + i);
        doubtful.add(user + i);
        return;
      }
    }
    say("it was never full");
  }

  private boolean sign(SigningKey key, String user) {
    begun.set(ends.get());
    try {
      key.sign(Message.ofUtf8("pay 10 to Alice"), SignOptions.by(user));
      endOf.put(user, ends.incrementAndGet());
      released.add(user);
      return true;
    } catch (EnclaveException e) {
      refused.add(user);
      if (!refusalTold.getAndSet(true)) {
        say("signing was refused: " + e.code() + " " + e.getMessage());
      }
      if (e.code() != ErrorCode.AUDIT_UNAVAILABLE) {
        say("unexpected " + e.code());
      }
      return false;
    }
  }

  private static void attempt(Runnable action, String what) {
    try {
      action.run();
      say(what + ": done");
    } catch (EnclaveException e) {
      say(what + ": " + e.code() + " " + e.getMessage());
    }
  }

  private void diagnose() {
    builder()
        .diagnose()
        .health()
        .findings()
        .forEach(f -> say("doctor: " + f.severity() + " " + f.code() + " " + f.observed()));
  }

  private static void say(String what, Enclave enclave) {
    say(what + "healthy " + enclave.health().healthy() + " " + findings(enclave));
  }

  private static List<String> findings(Enclave enclave) {
    return enclave.health().findings().stream()
        .filter(f -> f.code() == ErrorCode.AUDIT_UNAVAILABLE)
        .map(f -> f.observed())
        .toList();
  }

  /** A small record may fit where a larger one did not. */
  private String end() {
    long uncovered = builder().auditLog().verify().uncovered();
    boolean recorded =
        records().stream().anyMatch(record -> "STOP".equals(record.get("operation")));
    return (recorded ? "recorded" : "not recorded") + ", in no checkpoint: " + uncovered;
  }

  private String verified() {
    AuditVerification found = builder().auditLog().verify();
    return found.problem().orElse("intact");
  }

  /** Says of what was released and refused whether the log has it. */
  private void compare() {
    AuditVerification found = builder().auditLog().verify();
    say(
        "verified: "
            + found.problem().orElse("intact")
            + ", in no checkpoint: "
            + found.uncovered());
    Set<String> recorded = recorded();
    Set<String> missing = new TreeSet<>(released);
    missing.removeAll(recorded);
    missing.removeIf(user -> development() && user.startsWith("while-"));
    Set<String> tooMany = new TreeSet<>(refused);
    tooMany.retainAll(recorded);
    say("released without a record: " + missing);
    Set<String> missed = new TreeSet<>(doubtful);
    missed.removeAll(recorded);
    say("perhaps accepted, without a record: " + missed.size());
    say("recorded although refused: " + tooMany);
    say("refused: " + !refused.isEmpty());
    say("unknown: " + found.unknownOutcomes().size() + " of " + intentsWithoutOutcome());
  }

  /** Who has a record of a signature that was made. */
  private Set<String> recorded() {
    Set<String> users = new TreeSet<>();
    for (Map<String, String> record : records()) {
      if ("SIGN".equals(record.get("operation")) && "SUCCESS".equals(record.get("result"))) {
        users.add(String.valueOf(record.get("caller")));
      }
    }
    return users;
  }

  private int intentsWithoutOutcome() {
    Set<String> open = new TreeSet<>();
    for (Map<String, String> record : records()) {
      String id = String.valueOf(record.get("operationId"));
      if ("INTENT".equals(record.get("phase"))) {
        open.add(id);
      } else {
        open.remove(id);
      }
    }
    return open.size();
  }

  private List<Map<String, String>> records() {
    List<Map<String, String>> records = new ArrayList<>();
    builder().auditLog().reader().read(record -> records.add(record.members()));
    return records;
  }

  /** Takes room away, until it is removed, and leaves so much. */
  private void ballast(int kibibytes) throws IOException {
    long room = Files.getFileStore(place).getUsableSpace() - kibibytes * 1024L;
    Files.write(place.resolve("ballast"), new byte[Math.toIntExact(room)]);
  }

  private void removeBallast() throws IOException {
    Files.delete(place.resolve("ballast"));
  }

  private void remount(String how) throws IOException, InterruptedException {
    Process mount = new ProcessBuilder("mount", "-o", how, place.toString()).inheritIO().start();
    if (mount.waitFor() != 0) {
      throw new IOException("mount -o " + how + " was refused");
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
  }
}
