package dev.enclave.testkit.internal;

import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import java.util.Optional;

/** Another backend that can do nothing but create and sign. */
public final class SigningOnly extends BackendDecorator {

  public SigningOnly(SigningBackend all) {
    super(all);
  }

  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    return type == KeyCreator.class || type == KeySigner.class
        ? super.capability(type)
        : Optional.empty();
  }

  @Override
  protected <T> T around(String operation, CallContext context, Call<T> call)
      throws BackendFailure {
    return call.run(context);
  }
}
