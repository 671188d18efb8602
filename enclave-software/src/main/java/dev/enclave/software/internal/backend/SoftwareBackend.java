package dev.enclave.software.internal.backend;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.Resealer;
import java.util.Optional;

/** A store whose master keys are under a passphrase, which can be changed. Thread-safe. */
public final class SoftwareBackend extends StoreBackend implements Resealer {

  private final Resealing resealing;

  SoftwareBackend(OpenStore opened, Resealing resealing) {
    super(opened);
    this.resealing = resealing;
  }

  @Override
  public void reseal(Optional<SecretBytes> newPassphrase, CallContext call) throws BackendFailure {
    guarded(
        call,
        () -> {
          resealing.reseal(newPassphrase, name -> resealKey(name, call), call);
          return true;
        });
  }
}
