package dev.enclave.core.internal;

import dev.enclave.core.internal.config.AuditSinks;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.resolve.ClassPath;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.audit.AuditOutput;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The places for audit records beside the log: all that the builder was given, and of those on the
 * class path the ones that the configuration names. A jar alone adds none.
 *
 * @param explicit given to the builder
 * @param classPath where others are
 */
record AuditOutputs(List<AuditOutput> explicit, ClassPath classPath) {

  /**
   * The outputs in use.
   *
   * @param named by {@code enclave.audit.sink}
   * @throws ConfigurationException when one that is named is not there
   */
  List<AuditOutput> inUse(List<String> named) {
    List<Named> used = new ArrayList<>(explicit.stream().map(Named::of).toList());
    requireDistinct(used);
    List<String> missing =
        named.stream().filter(id -> used.stream().noneMatch(o -> o.id().equals(id))).toList();
    if (!missing.isEmpty()) {
      List<Named> discovered =
          classPath
              .all(AuditOutput.class, "An audit output on the class path cannot be loaded")
              .stream()
              .map(Named::of)
              .toList();
      missing.forEach(id -> used.add(only(id, discovered)));
    }
    return used.stream().map(Named::output).toList();
  }

  private static void requireDistinct(List<Named> given) {
    Set<String> ids = new HashSet<>();
    for (Named one : given) {
      if (!ids.add(one.id())) {
        throw new ConfigurationException(
            ErrorCode.BACKEND_CONTRACT,
            "Two audit outputs given to the builder have the id " + Quoted.of(one.id()) + ".",
            "Give one of them.");
      }
    }
  }

  /**
   * An output with its id, for which it was asked once: one that changes it must not be taken for
   * two.
   */
  private record Named(String id, AuditOutput output) {

    static Named of(AuditOutput output) {
      String id;
      try {
        id = output.id();
      } catch (RuntimeException | LinkageError e) {
        throw broken(output, "threw " + e.getClass().getName() + " when asked for id()");
      }
      if (!AuditSinks.isOutputId(id)) {
        throw broken(output, "has no usable id");
      }
      return new Named(id, output);
    }

    private static ConfigurationException broken(AuditOutput output, String observed) {
      return new ConfigurationException(
          ErrorCode.BACKEND_CONTRACT,
          "Audit output "
              + output.getClass().getName()
              + " "
              + observed
              + "; it must be small letters, digits and hyphens, and not file or stdout.",
          "Remove" + " its jar or report it to its author.");
    }
  }

  private static Named only(String id, List<Named> discovered) {
    List<Named> found = discovered.stream().filter(o -> o.id().equals(id)).toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new ConfigurationException(
        found.isEmpty() ? ErrorCode.CONFIGURATION_INVALID_VALUE : ErrorCode.BACKEND_CONTRACT,
        "Setting "
            + Settings.AUDIT_SINK
            + " names the audit output "
            + Quoted.of(id)
            + ", of which there are "
            + found.size()
            + " on the class path.",
        (found.isEmpty()
            ? "Add its jar (slf4j is dev.enclave:enclave-slf4j), or take it out of the setting."
            : "Remove all but one."));
  }
}
