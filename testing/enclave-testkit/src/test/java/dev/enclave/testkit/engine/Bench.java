package dev.enclave.testkit.engine;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretSource;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A place to open Enclaves in: nothing from the machine, nothing from the class path. */
final class Bench {

  final MutableClock clock;

  /** The sink of the Enclave opened last. */
  RecordingAuditSink audit = new RecordingAuditSink();

  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<Consumer<EnclaveFactory.Builder>> parts = new ArrayList<>();
  private FakeEnvironment environment = FakeEnvironment.empty();
  private Optional<Path> file = Optional.empty();

  Bench() {
    this(new MutableClock());
  }

  private Bench(MutableClock clock) {
    this.clock = clock;
  }

  /** A bench whose environment type is configured. */
  static Bench in(String environmentType) {
    return new Bench().set("enclave.environment", environmentType);
  }

  /** The same, of somebody who looks at that clock. */
  static Bench in(String environmentType, MutableClock clock) {
    return new Bench(clock).set("enclave.environment", environmentType);
  }

  Bench set(String name, String value) {
    settings.put(name, value);
    return this;
  }

  Bench with(BackendProvider provider) {
    parts.add(builder -> builder.with(provider));
    return this;
  }

  Bench with(EnvironmentDetector detector) {
    parts.add(builder -> builder.with(detector));
    return this;
  }

  Bench with(AuditOutput output) {
    parts.add(builder -> builder.with(output));
    return this;
  }

  Bench with(SecretSource source) {
    parts.add(builder -> builder.with(source));
    return this;
  }

  Bench environment(FakeEnvironment other) {
    environment = other;
    return this;
  }

  /** The file that {@code ENCLAVE_CONFIG} would name. */
  Bench file(Path configuration) {
    file = Optional.of(configuration);
    return this;
  }

  EnclaveFactory.Builder builder() {
    audit = new RecordingAuditSink();
    EnclaveFactory.Builder builder =
        EnclaveFactory.builder()
            .discovery(false)
            .with(environment)
            .with(clock)
            .with(audit)
            .config(new ConfigSource("test", settings));
    parts.forEach(part -> part.accept(builder));
    file.ifPresent(builder::configFile);
    return builder;
  }

  Enclave open() {
    return builder().open();
  }

  /** Asserts that {@code call} fails with {@code code}, and gives the message. */
  static String refused(ErrorCode code, ThrowingCallable call) {
    Throwable thrown = Assertions.catchThrowable(call);
    Assertions.assertThat(thrown).isInstanceOf(EnclaveException.class);
    EnclaveException failure = (EnclaveException) thrown;
    Assertions.assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    return failure.getMessage();
  }
}
