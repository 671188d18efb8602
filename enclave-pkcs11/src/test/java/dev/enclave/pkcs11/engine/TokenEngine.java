package dev.enclave.pkcs11.engine;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.SoftHsm;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;

/** Enclave in DEVELOPMENT on a token of SoftHSM's, by one library or another. */
final class TokenEngine {

  static final String LABEL = "wallet";

  private TokenEngine() {}

  /** Writes the PIN where {@link #over} looks for it. */
  static void pin(Path folder, String pin) throws IOException {
    Path file = folder.resolve("pin");
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, pin);
  }

  static EnclaveFactory.Builder over(Path library, Path folder, String... more) throws IOException {
    if (!Files.exists(folder.resolve("pin"))) {
      pin(folder, SoftHsm.PIN);
    }
    Map<String, String> settings = new TreeMap<>();
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", "pkcs11");
    settings.put("enclave.pkcs11.uri", "pkcs11:token=" + LABEL + "?module-path=" + library);
    settings.put("enclave.pkcs11.pin-file", folder.resolve("pin").toString());
    settings.put("enclave.pkcs11.lock-directory", folder.resolve("locks").toString());
    settings.put("enclave.audit.directory", folder.resolve("audit").toString());
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new Pkcs11BackendProvider())
        .config(new ConfigSource("test", settings));
  }
}
