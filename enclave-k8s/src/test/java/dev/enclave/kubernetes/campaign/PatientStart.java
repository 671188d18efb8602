package dev.enclave.kubernetes.campaign;

import dev.enclave.Enclave;
import dev.enclave.SigningKey;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The start of a replica, again as often as the error says to: of many at once on two cores. */
public final class PatientStart {

  private PatientStart() {}

  /** Opens an Enclave and signs with a key; the caller closes it. */
  public static Enclave signing(Supplier<Enclave> open, String name) {
    while (true) {
      try {
        return signed(open.get(), name);
      } catch (EnclaveException e) {
        if (!e.retryable()) {
          throw e;
        }
        Duration told =
            e.retryAt().map(at -> Duration.between(Instant.now(), at)).orElse(Duration.ZERO);
        LockSupport.parkNanos(Math.max(1, told.toNanos()));
      }
    }
  }

  private static Enclave signed(Enclave opened, String name) {
    try {
      SigningKey key = opened.signingKeys().key(name);
      new Claims().released(key, key.sign(Claims.MESSAGE));
      return opened;
    } catch (EnclaveException e) {
      opened.close();
      throw e;
    }
  }
}
