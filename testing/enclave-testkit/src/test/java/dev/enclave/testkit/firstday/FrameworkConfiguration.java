package dev.enclave.testkit.firstday;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import java.util.Map;

/** Settings from a framework's own configuration. */
final class FrameworkConfiguration {

  private FrameworkConfiguration() {}

  // region config-source
  /** Hands over all the framework has read; names that do not start with enclave. are ignored. */
  static EnclaveFactory.Builder configuredBy(Map<String, String> application) {
    return EnclaveFactory.builder().config(new ConfigSource("application.yaml", application));
  }
  // endregion
}
