package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditRecord;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads are interrupted at any moment of an operation. Whatever the moment, what the operation
 * answers, what the store holds and what the audit log says agree. {@code
 * -Denclave.soak.interrupts=20000} makes it as many.
 */
@Tag("full")
class InterruptTest {

  private static final int INTERRUPTS = Integer.getInteger("enclave.soak.interrupts", 150);

  /** A key with so many versions is left for a new one. */
  private static final int MOST_VERSIONS = 12;

  /** Interrupts come no later than this after an operation began. */
  private static final long LONGEST_NANOS = 50_000_000;

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path folder;
  private final Random random = new Random();
  private final Map<String, Integer> results = new TreeMap<>();
  private int interrupted;

  InterruptTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private enum Kind {
    CREATE("CREATE"),
    SIGN("SIGN"),
    ROTATE("ROTATE"),
    DISABLE("CHANGE_STATE"),
    ENABLE("CHANGE_STATE"),
    DESTROY("CHANGE_STATE");

    private final String operation;

    Kind(String operation) {
      this.operation = operation;
    }
  }

  /** What an operation answered, as the audit log has to say it. */
  private enum Answer {
    SUCCESS,
    FAILURE,
    UNKNOWN
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment", "local",
                    "enclave.audit.directory", folder.resolve("audit").toString(),
                    "enclave.software.directory", folder.resolve("keys").toString())));
  }

  /** Interrupts one thread while that lets it. */
  private static final class Interrupter {
    private final Thread victim;
    private boolean armed;
    private boolean struck;

    Interrupter(Thread victim) {
      this.victim = victim;
    }

    Thread after(long nanos) {
      synchronized (this) {
        armed = true;
      }
      Thread thread =
          new Thread(
              () -> {
                LockSupport.parkNanos(nanos);
                interrupt();
              });
      thread.start();
      return thread;
    }

    private synchronized void interrupt() {
      if (armed) {
        struck = true;
        victim.interrupt();
      }
    }

    synchronized boolean struck() {
      return struck;
    }

    synchronized void disarm() {
      armed = false;
      Thread.interrupted();
    }
  }

  @Test
  void leavesAnswerStoreAndAuditLogInAgreement_wheneverAThreadIsInterrupted() throws Exception {
    Map<String, Answer> answers = new HashMap<>();
    Map<String, Kind> kinds = new HashMap<>();
    try (Enclave enclave = builder().open();
        SoftwareBackend store = TestStore.local(folder).open()) {
      String key = newKey(enclave, 0);
      EnumMap<Kind, Long> longest = new EnumMap<>(Kind.class);
      for (int i = 1; i <= INTERRUPTS; i++) {
        if (states(store, key).size() > MOST_VERSIONS
            || !states(store, key).contains(KeyState.ACTIVE)) {
          key = newKey(enclave, i);
        }
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        String caller = "op:" + i;
        kinds.put(caller, kind);
        answers.put(caller, interrupted(enclave, store, kind, key, caller, longest));
      }
    }
    checkRecords(kinds, answers);
    System.out.println(INTERRUPTS + " operations interrupted: " + results);
    assertThat(results).containsKey("DESTROY SUCCESS");
    assertThat(interrupted).as("interrupts while an operation ran").isPositive();
  }

  private static String newKey(Enclave enclave, int number) {
    String name = "wallet-" + number;
    enclave.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ED25519));
    return name;
  }

  private Answer interrupted(
      Enclave enclave,
      SoftwareBackend store,
      Kind kind,
      String key,
      String caller,
      Map<Kind, Long> longest)
      throws Exception {
    int version = random.nextInt(states(store, key).size());
    if (kind == Kind.DESTROY && states(store, key).get(version) == KeyState.ACTIVE) {
      enclave.admin().key(key).disable(KeyVersionId.of(Integer.toString(version + 1)));
    }
    List<KeyState> before = states(store, key);
    String created = key + "-" + caller.substring(3);
    SigningKey subject = enclave.by(caller).signingKeys().key(key);
    Runnable operation = operation(enclave.by(caller), subject, kind, version, created);
    Interrupter interrupter = new Interrupter(Thread.currentThread());
    long begun = System.nanoTime();
    Thread interrupting =
        interrupter.after(random.nextLong(longest.getOrDefault(kind, 1_000_000L)));
    Answer answer = Answer.SUCCESS;
    ErrorCode code = null;
    try {
      operation.run();
    } catch (EnclaveException e) {
      code = e.code();
      answer = code == ErrorCode.OUTCOME_UNKNOWN ? Answer.UNKNOWN : Answer.FAILURE;
    } finally {
      interrupter.disarm();
    }
    longest.merge(
        kind, System.nanoTime() - begun, (a, b) -> Math.min(Math.max(a, b), LONGEST_NANOS));
    interrupting.join();
    if (interrupter.struck()) {
      interrupted++;
    }
    String what = caller + ": " + kind + " version " + (version + 1) + " of " + before;
    assertThat(code).as(what).isNotIn(ErrorCode.INTERNAL, ErrorCode.BACKEND_CONTRACT);
    checkState(store, kind, key, created, before, version, answer, what + " answered " + code);
    requireWhole(key, what);
    results.merge(kind + " " + answer, 1, Integer::sum);
    return answer;
  }

  private static Runnable operation(
      Enclave enclave, SigningKey key, Kind kind, int version, String created) {
    KeyVersionId id = KeyVersionId.of(Integer.toString(version + 1));
    return switch (kind) {
      case CREATE ->
          () -> enclave.createKey(KeySpec.named(created).algorithm(SigningAlgorithm.ED25519));
      case SIGN ->
          () -> {
            SignatureValue signature = key.sign(MESSAGE);
            assertThat(key.verify(MESSAGE, signature)).isTrue();
          };
      case ROTATE -> () -> enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      case DISABLE -> () -> enclave.admin().key(key.handle()).disable(id);
      case ENABLE -> () -> enclave.admin().key(key.handle()).enable(id);
      case DESTROY -> () -> enclave.admin().key(key.handle()).destroy(id);
    };
  }

  private static List<KeyState> states(SoftwareBackend store, String key) throws BackendFailure {
    try {
      return store.load(KeyName.of(key), TestStore.call()).versions().stream()
          .map(KeyVersion::state)
          .toList();
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  private static void checkState(
      SoftwareBackend store,
      Kind kind,
      String key,
      String created,
      List<KeyState> before,
      int version,
      Answer answer,
      String what)
      throws BackendFailure {
    List<KeyState> found = new ArrayList<>(states(store, key));
    boolean changed;
    switch (kind) {
      case CREATE -> {
        assertThat(found).as(what).isEqualTo(before);
        changed = !states(store, created).isEmpty();
      }
      case SIGN -> {
        assertThat(found).as(what).isEqualTo(before);
        return;
      }
      case ROTATE -> {
        // The new version, or one that an interrupted rotation has left pending.
        changed = found.indexOf(KeyState.ACTIVE) != before.indexOf(KeyState.ACTIVE);
        if (!changed && found.size() > before.size()) {
          // Prepared, and given up or left over.
          assertThat(found.remove(found.size() - 1)).isIn(KeyState.PENDING, KeyState.DESTROYED);
          assertThat(found).as(what).isEqualTo(before);
        }
      }
      default -> {
        KeyState now = found.remove(version);
        List<KeyState> others = new ArrayList<>(before);
        KeyState was = others.remove(version);
        assertThat(found).as(what).isEqualTo(others);
        changed = now != was;
        if (answer == Answer.SUCCESS) {
          checkTarget(kind, was, now, what);
          return;
        }
      }
    }
    switch (answer) {
      case SUCCESS -> assertThat(changed).as(what).isTrue();
      case FAILURE -> assertThat(changed).as(what).isFalse();
      default -> {}
    }
  }

  private static void checkTarget(Kind kind, KeyState was, KeyState now, String what) {
    switch (kind) {
      case DISABLE -> assertThat(now).as(what).isEqualTo(KeyState.DISABLED);
      case DESTROY -> assertThat(now).as(what).isEqualTo(KeyState.DESTROYED);
      default ->
          assertThat(now)
              .as(what)
              .isIn(
                  was == KeyState.DISABLED
                      ? List.of(KeyState.ACTIVE, KeyState.VERIFY_ONLY)
                      : List.of(was));
    }
  }

  /** Every version has its private key, but for the destroyed ones. */
  private void requireWhole(String key, String what) throws Exception {
    try (StoreInspector inspector = StoreInspector.of(TestStore.local(folder))) {
      inspector.requireWhole(KeyName.of(key));
    } catch (AssertionError e) {
      throw new AssertionError(what, e);
    }
  }

  private void checkRecords(Map<String, Kind> kinds, Map<String, Answer> answers) {
    AuditLog log = builder().auditLog();
    assertThat(log.verify().problem()).isEmpty();
    Map<String, List<String>> recorded = new HashMap<>();
    log.reader()
        .read(
            record -> {
              Kind kind = kinds.get(record.member("caller"));
              if (kind != null && record.member("operation").equals(kind.operation)) {
                recorded
                    .computeIfAbsent(record.member("caller"), caller -> new ArrayList<>())
                    .add(result(record));
              }
            });
    answers.forEach(
        (caller, answer) ->
            assertThat(recorded.get(caller))
                .as(caller + ": " + kinds.get(caller))
                .containsExactly(answer.name()));
  }

  /** Refused is what failed before the backend was asked. */
  private static String result(AuditRecord record) {
    String result = record.member("result");
    return result.equals("REFUSED") ? Answer.FAILURE.name() : result;
  }
}
