package dev.enclave.spi;

import java.util.Optional;

/**
 * Answers for secret settings in place of the configuration: a password manager, a prompt. Handed
 * to {@code EnclaveFactory.Builder.with}. Thread-safe.
 */
public interface SecretSource {

  /**
   * The secret; asked when a backend is opened or diagnosed, and not remembered.
   *
   * @param setting the full name of the setting, such as {@code enclave.software.passphrase}
   * @return UTF-8, which who asked closes; none for a setting it has no answer to
   */
  Optional<SecretBytes> secret(String setting);
}
