package dev.enclave.software.internal.backend;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Resealer;
import dev.enclave.spi.SecretBytes;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A store whose master keys are under a passphrase, which can be changed. Thread-safe. */
public final class SoftwareBackend extends StoreBackend implements Resealer {

  private final Resealing resealing;

  SoftwareBackend(OpenStore opened, Resealing resealing) {
    super(opened, traits());
    this.resealing = resealing;
  }

  private static Set<BackendTrait> traits() {
    Set<BackendTrait> traits = EnumSet.copyOf(TRAITS);
    traits.add(BackendTrait.RESEALS);
    return traits;
  }

  @Override
  public void reseal(Optional<SecretBytes> newPassphrase, CallContext call) throws BackendFailure {
    guarded(
        call,
        () -> {
          resealing.reseal(newPassphrase, call);
          return true;
        });
  }
}
