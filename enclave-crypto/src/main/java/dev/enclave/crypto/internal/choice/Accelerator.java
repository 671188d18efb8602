package dev.enclave.crypto.internal.choice;

import dev.enclave.crypto.internal.engine.Loading;
import dev.enclave.crypto.internal.memory.FailureReason;
import dev.enclave.crypto.internal.texts.Texts;
import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A native engine that may be there, loaded when first asked for. Whatever goes wrong with native
 * code or missing classes becomes a reason. Thread-safe.
 */
public final class Accelerator {

  private final String name;
  private final Supplier<Loading> loader;
  private @Nullable Loading loading;

  public Accelerator(String name, Supplier<Loading> loader) {
    this.name = name;
    this.loader = loader;
  }

  synchronized Loading load() {
    Loading done = loading;
    if (done == null) {
      done = attempt();
      loading = done;
    }
    return done;
  }

  // A missing class and a library of another platform come as errors, in many guises.
  private Loading attempt() {
    try {
      return loader.get();
    } catch (Exception | LinkageError | ServiceConfigurationError failure) {
      return new Loading.Refused(FailureReason.of(failure));
    }
  }

  String notUsed(String why) {
    return Texts.ACCELERATOR_NOT_USED.with(name, why);
  }
}
