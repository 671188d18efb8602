package dev.enclave.cli.session;

import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningKey;
import dev.enclave.WrappingKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the key a user named by its name or by its handle. */
public final class KeyArgument {

  private static final String HANDLE_PREFIX = "enclave:";

  private KeyArgument() {}

  public static ManagedKey managed(Enclave enclave, String typed) {
    return isHandle(typed)
        ? enclave.admin().key(KeyHandle.parse(typed))
        : enclave.admin().key(typed);
  }

  public static SigningKey signing(Enclave enclave, String typed) {
    return isHandle(typed)
        ? enclave.signingKeys().key(KeyHandle.parse(typed))
        : enclave.signingKeys().key(typed);
  }

  public static WrappingKey wrapping(Enclave enclave, String typed) {
    return isHandle(typed)
        ? enclave.wrappingKeys().key(KeyHandle.parse(typed))
        : enclave.wrappingKeys().key(typed);
  }

  public static Optional<KeyVersionId> version(@Nullable String typed) {
    return Optional.ofNullable(typed).map(KeyVersionId::of);
  }

  public static KeyVersion find(KeyInfo info, KeyVersionId id) {
    return info.version(id)
        .orElseThrow(
            () ->
                Texts.NO_SUCH_VERSION.as(
                    ErrorCode.VERSION_NOT_FOUND,
                    info.name(),
                    id,
                    String.join(", ", info.versions().stream().map(v -> v.id().value()).toList())));
  }

  private static boolean isHandle(String typed) {
    return typed.startsWith(HANDLE_PREFIX);
  }
}
