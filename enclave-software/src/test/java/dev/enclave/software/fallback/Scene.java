package dev.enclave.software.fallback;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.Fallback;
import dev.enclave.Message;
import dev.enclave.SigningKey;
import dev.enclave.software.internal.backend.TestStore;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One cloud account, one software store and a clock, over as many openings as a test needs. */
final class Scene {

  private static final String PASSPHRASE = "correct horse battery staple";

  final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  final MutableClock clock = new MutableClock();
  final ManualTasks tasks = new ManualTasks();
  private final List<RecordingAuditSink> logs = new ArrayList<>();
  private final Path store;

  Scene(Path directory) {
    this.store = directory.resolve("keys");
  }

  /** With the given settings and what every opening here has. */
  Enclave open(Map<String, String> settings) {
    Map<String, String> all =
        new TreeMap<>(
            Map.of(
                "enclave.environment",
                "production",
                "enclave.backend",
                "cloud",
                "enclave.software.directory",
                store.toString(),
                "enclave.software.passphrase",
                PASSPHRASE));
    all.putAll(settings);
    if (all.containsKey("enclave.fallback")) {
      makeStore(Path.of(all.get("enclave.software.directory")));
    }
    return opened(all);
  }

  /** Opens, does what an Enclave does by itself, and closes. */
  void work(Map<String, String> settings) {
    Enclave enclave = open(settings);
    tasks.runAll();
    enclave.close();
  }

  /** In LOCAL, with companions in a store whose key lies beside it. */
  Enclave openWithKeyFile(Map<String, String> settings) {
    Map<String, String> all =
        new TreeMap<>(
            Map.of(
                "enclave.environment", "local",
                "enclave.backend", "cloud",
                "enclave.fallback", "software",
                "enclave.software.directory", store + "-with-key-file"));
    all.putAll(settings);
    return opened(all);
  }

  private Enclave opened(Map<String, String> all) {
    RecordingAuditSink log = new RecordingAuditSink();
    logs.add(log);
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .with(cloud)
        .with(clock)
        .with(log)
        .scheduler(tasks)
        .config(new ConfigSource("test", all))
        .open();
  }

  /** Before Enclave does, whose passphrases cost some tenths of a second at each opening. */
  private static void makeStore(Path directory) {
    if (Files.notExists(directory)) {
      try {
        TestStore.local(directory).at(directory).makeCheaply(PASSPHRASE);
      } catch (BackendFailure e) {
        throw new AssertionError(e);
      }
    }
  }

  /** In PRODUCTION, with both lines. */
  static Map<String, String> fallback() {
    return Map.of("enclave.fallback", "software", "enclave.fallback.minimum-assurance", "software");
  }

  /** The same with more settings. */
  static Map<String, String> fallback(String name, String value) {
    Map<String, String> all = new TreeMap<>(fallback());
    all.put(name, value);
    return all;
  }

  /** A process of another machine, which has another directory. */
  Enclave openElsewhere() {
    return open(Map.of("enclave.software.directory", store + "-elsewhere"));
  }

  /** The directory of the companions. */
  Path store() {
    return store;
  }

  /** What every log so far has. */
  List<AuditEvent> events() {
    return logs.stream().flatMap(log -> log.events().stream()).toList();
  }

  void begin(Fault fault) {
    cloud.faults().always(fault);
  }

  /** The backend answers, in no time. */
  void end() {
    cloud.faults().clear();
  }

  /**
   * Calls until the key itself signs again, on the clock. A reading beside the calls may have met
   * the outage last and have held the breaker since, so the first call after the gate's hold need
   * not be the one.
   *
   * @return how many signatures companions made meanwhile
   */
  int awaitKey(SigningKey key) {
    for (int seconds = 1; seconds <= 20; seconds++) {
      clock.advance(Duration.ofSeconds(1));
      if (Fallback.Endorsement.of(key.sign(Message.ofUtf8("once more"))).isEmpty()) {
        return seconds - 1;
      }
    }
    throw new AssertionError("Companions sign 20 seconds after the end of the outage.");
  }

  /** Every signature takes so long, on the clock. */
  void hang(Duration latency) {
    cloud.faults().latency(CloudOperation.SIGN, latency);
  }

  /** Waits until the companion is endorsed, which is done beside the key's use. */
  static void awaitReady(Enclave enclave, SigningKey key) {
    Waiting.until(() -> enclave.fallback().status(key).ready());
  }

  /** Waits until the companion could not be endorsed. */
  static void awaitFailure(Enclave enclave, SigningKey key) {
    Waiting.until(
        () ->
            enclave
                .fallback()
                .status(key)
                .reason()
                .startsWith("The companion could not be endorsed"));
  }
}
