package dev.enclave.jobs;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A service that signs, and may be started again, or several times. */
final class Wallet {

  final InMemoryStore keys;
  final Outage backend;
  final Map<String, String> settings = new LinkedHashMap<>();

  /** The sink of the Enclave opened last. */
  RecordingAuditSink audit = new RecordingAuditSink();

  private JobsProvider jobs = new JobsProvider();
  private final List<BackendProvider> others = new ArrayList<>();

  Wallet() {
    this(new InMemoryStore());
  }

  /** One on keys that others have too. */
  Wallet(InMemoryStore keys) {
    this.keys = keys;
    backend = new Outage(new InMemoryProvider(keys));
    settings.put("enclave.environment", "development");
    settings.put("enclave.jobs.kek", "jobs-kek");
  }

  static Wallet in(Path directory) {
    return new Wallet().set("directory", directory.toString());
  }

  Wallet set(String name, String value) {
    settings.put("enclave.jobs." + name, value);
    return this;
  }

  /** With another backend beside its own. */
  Wallet beside(BackendProvider other) {
    settings.put("enclave.backend", backend.id().value());
    others.add(other);
    return this;
  }

  Wallet on(JobsProvider provider) {
    jobs = provider;
    return this;
  }

  Enclave open() {
    return open(Duration.ZERO);
  }

  /** Opens on a machine whose clock is wrong. */
  Enclave open(Duration fast) {
    audit = new RecordingAuditSink();
    EnclaveFactory.Builder builder = EnclaveFactory.builder().discovery(false).with(backend);
    others.forEach(builder::with);
    return builder
        .with(audit)
        .with(FakeEnvironment.empty())
        .with(new Hurried(fast))
        .deferral(jobs)
        .config(new ConfigSource("the test", settings))
        .open();
  }

  /** Opens, and waits until operations can be deferred, for which opening waits some seconds. */
  Enclave ready() {
    return ready(Duration.ZERO);
  }

  /** The same on a machine whose clock is wrong. */
  Enclave ready(Duration fast) {
    Enclave enclave = open(fast);
    deferred(enclave).find("t-none");
    return enclave;
  }

  static void makeKek(Enclave enclave) {
    enclave.ensureKey(KeySpec.named("jobs-kek").algorithm(WrappingAlgorithm.AES_256_GCM));
  }

  static SigningKey key(Enclave enclave, String name) {
    return enclave.ensureKey(KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  static DeferredOperations deferred(Enclave enclave) {
    return enclave.deferred().orElseThrow();
  }

  static Ticket ended(Enclave enclave, String ticket) throws Exception {
    return deferred(enclave).ended(ticket).toCompletableFuture().get(2, MINUTES);
  }

  /** Asserts that {@code call} fails with {@code code}, and gives the failure. */
  static EnclaveException refused(ErrorCode code, ThrowingCallable call) {
    Throwable thrown = Assertions.catchThrowable(call);
    Assertions.assertThat(thrown).isInstanceOf(EnclaveException.class);
    EnclaveException failure = (EnclaveException) thrown;
    Assertions.assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    return failure;
  }

  /** The machine's clock, which may be wrong; the engine's pauses between attempts are none. */
  private record Hurried(Duration fast) implements TimeSource {

    @Override
    public Instant now() {
      return Instant.now().plus(fast);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void pause(Duration duration) {}
  }
}
