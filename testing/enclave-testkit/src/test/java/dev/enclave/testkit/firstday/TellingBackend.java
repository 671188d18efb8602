package dev.enclave.testkit.firstday;

import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.SigningBackend;
import java.util.function.Consumer;

// region telling
/** Another backend that tells of its calls before they are made. */
public final class TellingBackend extends BackendDecorator {

  private final Consumer<String> listener;

  public TellingBackend(SigningBackend backend, Consumer<String> listener) {
    super(backend);
    this.listener = listener;
  }

  @Override
  protected <T> T around(String operation, CallContext context, Call<T> call)
      throws BackendFailure {
    listener.accept(operation);
    return call.run(context);
  }
}
// endregion
