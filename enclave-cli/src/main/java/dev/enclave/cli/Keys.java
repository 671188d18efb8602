package dev.enclave.cli;

import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningKey;
import dev.enclave.WrappingKey;
import dev.enclave.admin.ManagedKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the key a user named by its name or by its handle. */
final class Keys {

  private static final String HANDLE_PREFIX = "enclave:";

  private Keys() {}

  static ManagedKey managed(Enclave enclave, String typed) {
    return isHandle(typed)
        ? enclave.admin().key(KeyHandle.parse(typed))
        : enclave.admin().key(typed);
  }

  static SigningKey signing(Enclave enclave, String typed) {
    return isHandle(typed) ? enclave.key(KeyHandle.parse(typed)) : enclave.key(typed);
  }

  static WrappingKey wrapping(Enclave enclave, String typed) {
    return isHandle(typed)
        ? enclave.wrappingKey(KeyHandle.parse(typed))
        : enclave.wrappingKey(typed);
  }

  static Optional<KeyVersionId> version(@Nullable String typed) {
    return Optional.ofNullable(typed).map(KeyVersionId::of);
  }

  private static boolean isHandle(String typed) {
    return typed.startsWith(HANDLE_PREFIX);
  }
}
