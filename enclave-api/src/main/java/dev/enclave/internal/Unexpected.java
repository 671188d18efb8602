package dev.enclave.internal;

import dev.enclave.BackendId;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.texts.Texts;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands for an exception nobody foresaw, such as one of a JCA provider: its class and stack trace
 * are kept, its message and causes are not, since they may quote what they failed on.
 */
public final class Unexpected {

  /**
   * A class or a member as the JVM names it, a word of its own. A backend can build such an error
   * too, and quote a key in Base64, which has the slash.
   */
  private static final Pattern NAME =
      Pattern.compile(
          "(?<![\\w$./+=-])(?:[a-z][a-z0-9_]*[./])+[A-Z][\\w$]*(?:\\.[\\w$]+)?(?![\\w$/+=-])");

  private Unexpected() {}

  /**
   * Rethrows errors of the JVM as they are, and failed assertions, which are for the authors of
   * tests. Whatever else a backend, provider or sink throws, checked exceptions that it does not
   * declare included, is not passed on.
   */
  public static void rethrowFatal(Throwable thrown) {
    if (thrown instanceof VirtualMachineError || thrown instanceof AssertionError) {
      throw (Error) thrown;
    }
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exception itself if it is ours, else one in its place. */
  public static EnclaveException of(RuntimeException thrown) {
    if (thrown instanceof EnclaveException ours) {
      return ours;
    }
    EnclaveException stands =
        Texts.NOTHING_EXPECTED.as(ErrorCode.INTERNAL, thrown.getClass().getName());
    stands.setStackTrace(thrown.getStackTrace());
    return stands;
  }

  /**
   * For what a backend threw and must not. The exception's own message stays out, since it may
   * quote a credential or a request; the JVM's names what it could not link.
   *
   * @param when during what, with a space before it
   */
  public static EnclaveException broken(BackendId backend, Throwable thrown, String when) {
    String type = thrown.getClass().getName();
    boolean linking =
        thrown instanceof NoClassDefFoundError || thrown instanceof IncompatibleClassChangeError;
    return linking
        ? Texts.BACKEND_NOT_LINKED.as(
            ErrorCode.BACKEND_CONTRACT, backend, type, when, unlinked(thrown))
        : Texts.BACKEND_THREW.as(ErrorCode.BACKEND_CONTRACT, backend, type, when);
  }

  private static String unlinked(Throwable thrown) {
    boolean ofTheJvm = thrown.getClass().getClassLoader() == null;
    Matcher name = NAME.matcher(ofTheJvm && thrown.getMessage() != null ? thrown.getMessage() : "");
    String named = name.find() ? name.group().replace('/', '.') : Texts.A_CLASS.with();
    return ForeignText.of(named).equals(named) ? named : Texts.A_CLASS.with();
  }

  /**
   * An exception that a backend built of our own types: its code and text, without the causes and
   * suppressed exceptions it may carry.
   */
  public static EnclaveException rebuilt(EnclaveException foreign) {
    return rebuilt(foreign, List.of());
  }

  /** The same, with names that it may quote. */
  public static EnclaveException rebuilt(EnclaveException foreign, Collection<String> names) {
    String observed = ForeignText.of(foreign.observed(), names);
    return foreign
        .advice()
        .map(said -> EnclaveException.of(foreign.code(), observed, ForeignText.of(said, names)))
        .orElseGet(() -> EnclaveException.of(foreign.code(), observed));
  }
}
