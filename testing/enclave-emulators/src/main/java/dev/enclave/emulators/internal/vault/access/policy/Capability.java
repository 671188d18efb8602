package dev.enclave.emulators.internal.vault.access.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a policy grants on a path (Vault documentation, "Policies", Capabilities). The operation of
 * a request is named by the capability that it takes. In the order in which Vault sorts them.
 */
public enum Capability {
  CREATE,
  DELETE,
  DENY,
  LIST,
  PATCH,
  READ,
  SCAN,
  SUDO,
  UPDATE;

  /** Its name in policies. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of this name. */
  static Optional<Capability> of(String text) {
    return Arrays.stream(values()).filter(any -> any.text().equals(text)).findFirst();
  }
}
