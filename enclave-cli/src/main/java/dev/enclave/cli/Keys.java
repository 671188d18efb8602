package dev.enclave.cli;

import dev.enclave.Enclave;
import dev.enclave.ErrorCode;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.ManagedKey;
import dev.enclave.SigningKey;
import dev.enclave.UsageException;
import dev.enclave.WrappingKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the key a user named by its name or by its handle. */
final class Keys {

  private static final String HANDLE_PREFIX = "enclave:";

  private Keys() {}

  static ManagedKey managed(Enclave enclave, String typed) {
    return isHandle(typed) ? enclave.managedKey(KeyHandle.parse(typed)) : enclave.managedKey(typed);
  }

  static SigningKey signing(Enclave enclave, String typed) {
    return isHandle(typed) ? enclave.key(KeyHandle.parse(typed)) : enclave.key(typed);
  }

  static WrappingKey wrapping(Enclave enclave, String typed) {
    if (!isHandle(typed)) {
      return enclave.wrappingKey(typed);
    }
    if (enclave.managedKey(KeyHandle.parse(typed)) instanceof WrappingKey key) {
      return key;
    }
    throw new UsageException(
        ErrorCode.WRONG_PURPOSE,
        "The handle names a signing key. Seal with a wrapping key, such as one of algorithm"
            + " AES_256_GCM.");
  }

  static Optional<KeyVersionId> version(@Nullable String typed) {
    return Optional.ofNullable(typed).map(KeyVersionId::of);
  }

  private static boolean isHandle(String typed) {
    return typed.startsWith(HANDLE_PREFIX);
  }
}
