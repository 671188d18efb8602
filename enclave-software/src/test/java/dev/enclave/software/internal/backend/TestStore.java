package dev.enclave.software.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.PassphraseCost;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A store in a directory, opened as often and in whatever environment a test likes. */
public record TestStore(
    Path directory, EnvironmentType environment, Map<String, String> settings, TimeSource time) {

  public static final KeyName NAME = KeyName.of("wallet-1");
  private static final RealTime CLOCK = new RealTime();

  /** What makes a passphrase cost next to nothing, for tests that open a store very often. */
  static final PassphraseCost CHEAP = new PassphraseCost(64, 1, 1);

  /** Without a passphrase, in a LOCAL environment. */
  public static TestStore local(Path directory) {
    return new TestStore(directory.resolve("keys"), EnvironmentType.LOCAL, Map.of(), CLOCK);
  }

  /** That waits for nobody, where nobody else is there. */
  TestStore alone() {
    return new TestStore(directory, environment, settings, new MutableClock());
  }

  TestStore in(EnvironmentType other) {
    return new TestStore(directory, other, settings, time);
  }

  TestStore with(String name, String value) {
    Map<String, String> more = new HashMap<>(settings);
    more.put(name, value);
    return new TestStore(directory, environment, Map.copyOf(more), time);
  }

  public TestStore at(Path other) {
    return new TestStore(other, environment, settings, time);
  }

  public BackendContext context() {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent(SoftwareSettings.DIRECTORY, directory.toString());
    return BackendContext.of(
        new BackendSettings(BackendId.SOFTWARE, all),
        environment,
        FakeEnvironment.empty(),
        time,
        new SecureRandom());
  }

  public SoftwareBackend open() throws BackendFailure {
    return (SoftwareBackend) StoreOpener.open(context(), StoreKind.SOFTWARE);
  }

  public SoftwareBackend open(SecureFiles files) throws BackendFailure {
    return (SoftwareBackend)
        StoreOpener.open(context(), files, StoreKind.SOFTWARE, PassphraseCost.RECOMMENDED);
  }

  /** Makes it, with this passphrase at next to no cost, for others to open. */
  public void makeCheaply(String passphrase) throws BackendFailure {
    with(SoftwareSettings.PASSPHRASE, passphrase).openCheaply().close();
  }

  SoftwareBackend openCheaply() throws BackendFailure {
    return openCheaply(new SecureFiles(new SecureRandom()));
  }

  SoftwareBackend openCheaply(SecureFiles files) throws BackendFailure {
    return (SoftwareBackend) StoreOpener.open(context(), files, StoreKind.SOFTWARE, CHEAP);
  }

  /** Lets as much time pass as it takes to notice what was changed past Enclave. */
  public static void letCachesAge() {
    CLOCK.skip(Duration.ofSeconds(3));
  }

  static TimeSource clock() {
    return CLOCK;
  }

  /** A store with one P-256 key, closed again. */
  public TestStore withKey() throws BackendFailure {
    try (SoftwareBackend backend = open()) {
      create(backend, NAME);
    }
    return this;
  }

  StoreLayout layout() {
    return new StoreLayout(directory);
  }

  /** All of the key in one file. */
  public Path record() {
    return layout().record(NAME);
  }

  /** All that lies in the key's folder. */
  public List<Path> files() {
    if (!Files.exists(layout().key(NAME))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(layout().key(NAME))) {
      return files.sorted(Comparator.comparing(Path::toString)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static KeySnapshot create(SoftwareBackend backend, KeyName name) throws BackendFailure {
    return backend.create(request(name, "create-" + name), call());
  }

  /** Creates the key, or finds that somebody else has. Returns whether it was this call. */
  static boolean tryCreate(SoftwareBackend backend, String operationId) throws BackendFailure {
    try {
      backend.create(request(NAME, operationId), call());
      return true;
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.ALREADY_EXISTS) {
        return false;
      }
      throw e;
    }
  }

  public static CreateRequest request(KeyName name, String operationId) {
    return request(name, operationId, SigningAlgorithm.ECDSA_P256_SHA256);
  }

  public static CreateRequest request(KeyName name, String operationId, KeyAlgorithm algorithm) {
    return CreateRequest.of(
        name, algorithm, RotationInterval.POLICY, EnvironmentType.LOCAL, operationId);
  }

  public static RotateRequest rotation(String expected, String operationId) {
    return RotateRequest.of(NAME, KeyVersionId.of(expected), operationId, KeyState.VERIFY_ONLY);
  }

  public static KeyVersionRef ref(KeySnapshot key, int index) {
    return key.ref(key.versions().get(index));
  }

  public static CallContext call() {
    return CallContext.of("call", 1, Deadline.in(Duration.ofMinutes(10), CLOCK), CLOCK);
  }
}
