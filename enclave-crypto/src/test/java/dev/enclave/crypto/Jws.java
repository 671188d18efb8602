package dev.enclave.crypto;

import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.error.UsageException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Verifies a JWS in compact form (RFC 7515 §5.2) as an application would, by a key set of ours. */
final class Jws {

  private Jws() {}

  static boolean verify(String jws, PublicKeySet keys) {
    String[] parts = jws.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    Optional<Json> header = decoded(parts[0]).flatMap(Json::parse);
    Optional<byte[]> signature = decoded(parts[2]);
    if (header.isEmpty()
        || header.get().members().containsKey("crit")
        || decoded(parts[1]).isEmpty()
        || signature.isEmpty()) {
      return false;
    }
    byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
    return candidates(header.get(), keys).stream()
        .filter(key -> key.algorithm().joseName().equals(header.get().optional("alg")))
        .anyMatch(
            key ->
                SignatureVerifier.of(key)
                    .verify(Message.of(signed), signature.get(), encoding(key)));
  }

  private static List<PublicKeyInfo> candidates(Json header, PublicKeySet keys) {
    Optional<String> keyId = header.optional("kid");
    if (keyId.isEmpty()) {
      return keys.entries().stream().map(PublicKeySet.Entry::key).toList();
    }
    try {
      return keys.byKeyId(keyId.get()).stream().toList();
    } catch (UsageException ambiguous) {
      return List.of();
    }
  }

  private static SignatureEncoding encoding(PublicKeyInfo key) {
    return key.algorithm().hasEncoding(SignatureEncoding.P1363)
        ? SignatureEncoding.P1363
        : SignatureEncoding.RAW;
  }

  private static Optional<byte[]> decoded(String part) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(part);
      String canonical = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      return Optional.of(bytes).filter(any -> canonical.equals(part));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
