package dev.enclave.core.internal.key.versions;

import dev.enclave.PublicKeyInfo;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Public keys as the audit log has them, which outlives the provider's word of a version: what was
 * signed can be verified when the private key is gone.
 */
final class RecordedKey {

  private RecordedKey() {}

  /** Adds a public key to what is recorded of an operation: SubjectPublicKeyInfo in base64. */
  static void put(Map<String, String> details, String name, Optional<PublicKeyInfo> publicKey) {
    publicKey.ifPresent(
        key -> details.put(name, Base64.getEncoder().encodeToString(key.spki().toByteArray())));
  }
}
