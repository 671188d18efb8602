package dev.enclave.core.internal.redaction;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import java.util.Collection;
import java.util.List;

/**
 * Stands for an exception nobody foresaw, such as one of a JCA provider: its class and stack trace
 * are kept, its message and causes are not, since they may quote what they failed on.
 */
public final class Unexpected {

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
    IntegrityException stands =
        new IntegrityException(
            ErrorCode.INTERNAL,
            thrown.getClass().getName()
                + " was thrown where the library expects none. Report it with the stack trace,"
                + " which holds no data.");
    stands.setStackTrace(thrown.getStackTrace());
    return stands;
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
    return EnclaveException.of(foreign.code(), ForeignText.of(foreign.getMessage(), names));
  }
}
