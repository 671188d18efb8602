package dev.enclave.core.internal;

import dev.enclave.ConfigurationException;
import dev.enclave.ErrorCode;
import dev.enclave.Quoted;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.spi.AuditOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The places for audit records beside the log: all that the builder was given, and of those on the
 * class path the ones that the configuration names. A jar alone adds none.
 *
 * @param explicit given to the builder
 * @param discovery whether those on the class path are used
 * @param loader sees the class path
 */
record AuditOutputs(List<AuditOutput> explicit, boolean discovery, ClassLoader loader) {

  /**
   * The outputs in use.
   *
   * @param named by {@code enclave.audit.sink}
   * @throws ConfigurationException when one that is named is not there
   */
  List<AuditOutput> inUse(List<String> named) {
    List<AuditOutput> used = new ArrayList<>(explicit);
    List<String> missing =
        named.stream().filter(id -> used.stream().noneMatch(o -> o.id().equals(id))).toList();
    if (!missing.isEmpty()) {
      List<AuditOutput> discovered = discovered();
      missing.forEach(id -> used.add(only(id, discovered)));
    }
    return List.copyOf(used);
  }

  private static AuditOutput only(String id, List<AuditOutput> discovered) {
    List<AuditOutput> found = discovered.stream().filter(o -> o.id().equals(id)).toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new ConfigurationException(
        found.isEmpty() ? ErrorCode.CONFIGURATION_INVALID_VALUE : ErrorCode.BACKEND_CONTRACT,
        "Setting "
            + SettingNames.AUDIT_SINK
            + " names the audit output "
            + Quoted.of(id)
            + ", of which there are "
            + found.size()
            + " on the class path. "
            + (found.isEmpty()
                ? "Add its jar (slf4j is dev.enclave:enclave-slf4j), or take it out of the setting."
                : "Remove all but one."));
  }

  private List<AuditOutput> discovered() {
    if (!discovery) {
      return List.of();
    }
    try {
      return ServiceLoader.load(AuditOutput.class, loader).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_CONTRACT,
          "An audit output on the class path cannot be loaded: "
              + ForeignText.of(e.getMessage())
              + ". Remove or repair its jar.");
    }
  }
}
