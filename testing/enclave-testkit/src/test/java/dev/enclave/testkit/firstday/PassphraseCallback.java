package dev.enclave.testkit.firstday;

import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SecretSource;
import java.util.Optional;
import java.util.function.Function;

/** The passphrase from the application's own place for secrets. */
final class PassphraseCallback {

  private PassphraseCallback() {}

  // region callback
  /** To be handed to EnclaveFactory.builder().with(...). The bytes are overwritten after use. */
  static SecretSource from(Function<String, byte[]> passwordManager) {
    return setting ->
        setting.equals("enclave.software.passphrase")
            ? Optional.of(SecretBytes.takeOver(passwordManager.apply("wallet store")))
            : Optional.empty();
  }
  // endregion
}
