package dev.enclave.crypto.internal;

import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A native engine that may be there, loaded when first asked for. Whatever goes wrong with native
 * code or missing classes becomes a reason. Thread-safe.
 */
final class Accelerator {

  private final String name;
  private final Supplier<Loading> loader;
  private @Nullable Loading loading;

  Accelerator(String name, Supplier<Loading> loader) {
    this.name = name;
    this.loader = loader;
  }

  static Accelerator corretto(CorrettoLoader loader) {
    return new Accelerator("Corretto", loader::load);
  }

  static Accelerator secp256k1(Secp256k1Loader loader) {
    return new Accelerator("libsecp256k1", loader::load);
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
      return new Loading.Refused(reason(failure));
    }
  }

  String notUsed(String why) {
    return name + " not used: " + why;
  }

  /** What an exception says, on one line. */
  static String reason(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message.lines().findFirst().orElse("");
  }
}
