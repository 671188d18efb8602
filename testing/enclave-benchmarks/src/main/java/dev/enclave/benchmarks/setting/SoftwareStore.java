package dev.enclave.benchmarks.setting;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.software.SoftwareBackendProvider;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** How a store of the software backend is protected, and opened. */
public enum SoftwareStore {
  KEY_FILE("key file", "local"),
  PASSPHRASE("passphrase", "development");

  private final String title;
  private final String environment;

  SoftwareStore(String title, String environment) {
    this.title = title;
    this.environment = environment;
  }

  public String title() {
    return title;
  }

  /** Opens it, or makes it; the audit log goes to files and is not durable before the result. */
  public Enclave open(Path keys, Path audit) {
    Map<String, String> settings = new HashMap<>();
    settings.put("enclave.environment", environment);
    settings.put("enclave.software.directory", keys.toString());
    settings.put("enclave.audit.directory", audit.toString());
    if (this == PASSPHRASE) {
      settings.put("enclave.software.passphrase", "for benchmarks only");
    }
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new SoftwareBackendProvider())
        .with(new BareMachine())
        .config(new ConfigSource("the benchmarks", settings))
        .open();
  }
}
