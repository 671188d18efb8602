package dev.enclave.kubernetes.campaign;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.RecordingAuditSink;

/**
 * A server of a cloud with a key-encryption key.
 *
 * @param deployment what lets a client use the key: settings with {@code enclave.kubernetes.kek},
 *     variables, files
 * @param journal of the server
 * @param stop closes the server
 */
public record KekServer(Deployment deployment, Journal journal, Runnable stop)
    implements AutoCloseable {

  public static final String NAME = "payments-kek";

  /** Makes the key. */
  static KekServer holding(
      BackendProvider provider,
      WrappingAlgorithm algorithm,
      Deployment access,
      Journal journal,
      Runnable stop) {
    Deployment own =
        access
            .with("enclave.environment", "development")
            .with("enclave.backend", provider.id().value());
    try (Enclave enclave =
        EnclaveFactory.builder()
            .discovery(false)
            .with(own.machine())
            .with(provider)
            .with(new RecordingAuditSink())
            .config(new ConfigSource("campaign", own.settings()))
            .open()) {
      enclave.createKey(KeySpec.named(NAME).algorithm(algorithm));
    }
    return new KekServer(
        access.with("enclave.kubernetes.kek", provider.id() + ":" + NAME), journal, stop);
  }

  /** The operator's Enclave, for the key alone. */
  public Enclave operator(BackendProvider provider) {
    Deployment own =
        deployment
            .without("enclave.kubernetes.kek")
            .with("enclave.environment", "development")
            .with("enclave.backend", provider.id().value());
    return EnclaveFactory.builder()
        .discovery(false)
        .with(own.machine())
        .with(provider)
        .with(new RecordingAuditSink())
        .config(new ConfigSource("campaign", own.settings()))
        .open();
  }

  /** The operator rotates the key. */
  public void rotate(BackendProvider provider) {
    try (Enclave operator = operator(provider)) {
      operator.admin().key(NAME).rotate(RotationRequest.now());
    }
  }

  @Override
  public void close() {
    stop.run();
  }
}
