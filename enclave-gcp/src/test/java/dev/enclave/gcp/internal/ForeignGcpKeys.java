package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** CryptoKeys as an administrator makes them, past Enclave. */
public record ForeignGcpKeys(Supplier<GcpSession> sessions, TimeSource time) {

  public String place(KeyAlgorithm algorithm) throws Exception {
    GcpScheme scheme = GcpScheme.of(algorithm);
    try (GcpSession session = sessions.get()) {
      CryptoKey key =
          new GcpCalls(session)
              .send(
                  GcpOperation.CREATE_KEY,
                  session.keyRing(),
                  request ->
                      request
                          .setCryptoKeyId("terraform_" + UUID.randomUUID())
                          .setCryptoKey(scheme.key()),
                  CallContext.of("place", 1, Deadline.in(Duration.ofSeconds(30), time), time));
      boolean certain = GcpScheme.of(scheme.kms()).equals(List.of(algorithm));
      return certain ? key.getName() : key.getName() + "#" + algorithm;
    }
  }

  /** By hand: another version of Enclave's CryptoKey. */
  public String rotate(KeyName name) throws Exception {
    try (GcpSession session = sessions.get()) {
      String key = GcpNames.key(session.keyRing(), name.value());
      return new GcpCalls(session)
          .send(
              GcpOperation.CREATE_VERSION,
              key,
              CallContext.of("rotate", 1, Deadline.in(Duration.ofSeconds(30), time), time))
          .getName();
    }
  }
}
