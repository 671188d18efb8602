package dev.enclave.cli.text;

import dev.enclave.error.EnclaveException;
import java.io.PrintStream;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Prints where an exception comes from, with its causes and what it suppressed. Messages only of
 * those that the library made: others may quote what they failed on.
 */
public final class StackTraces {

  private StackTraces() {}

  public static void print(Throwable thrown, PrintStream to) {
    print("", thrown, to, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static void print(
      String relation, Throwable thrown, PrintStream to, Set<Throwable> seen) {
    seen.add(thrown);
    to.println(relation + Text.printable(title(thrown)));
    for (StackTraceElement frame : thrown.getStackTrace()) {
      to.println("    at " + frame);
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!seen.contains(suppressed)) {
        print("Suppressed: ", suppressed, to, seen);
      }
    }
    Throwable cause = thrown.getCause();
    if (cause != null && !seen.contains(cause)) {
      print("Caused by: ", cause, to, seen);
    }
  }

  private static String title(Throwable thrown) {
    return thrown instanceof EnclaveException ours
        ? ours.getClass().getName() + ": " + ours.getMessage()
        : thrown.getClass().getName();
  }
}
