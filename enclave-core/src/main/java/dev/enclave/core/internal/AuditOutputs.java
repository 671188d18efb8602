package dev.enclave.core.internal;

import dev.enclave.core.internal.config.Settings.AuditSinks;
import dev.enclave.core.internal.resolve.ClassPath;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
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
          classPath.all(AuditOutput.class, Texts.UNLOADABLE_OUTPUT.with()).stream()
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
        throw Texts.TWO_OUTPUTS.as(ErrorCode.BACKEND_CONTRACT, Quoted.of(one.id()));
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
        throw broken(output, Texts.OUTPUT_THREW.with(e.getClass().getName()));
      }
      if (!AuditSinks.isOutputId(id)) {
        throw broken(output, Texts.OUTPUT_WITHOUT_ID.with());
      }
      return new Named(id, output);
    }

    private static EnclaveException broken(AuditOutput output, String observed) {
      return Texts.OUTPUT_BROKEN.as(
          ErrorCode.BACKEND_CONTRACT, output.getClass().getName(), observed);
    }
  }

  private static Named only(String id, List<Named> discovered) {
    List<Named> found = discovered.stream().filter(o -> o.id().equals(id)).toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    throw found.isEmpty()
        ? Texts.NO_OUTPUT.as(ErrorCode.CONFIGURATION_INVALID_VALUE, Quoted.of(id))
        : Texts.SEVERAL_OUTPUTS.as(ErrorCode.BACKEND_CONTRACT, Quoted.of(id), found.size());
  }
}
