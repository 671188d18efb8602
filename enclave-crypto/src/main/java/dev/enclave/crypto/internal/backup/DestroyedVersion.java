package dev.enclave.crypto.internal.backup;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.ExportedKey.Version;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A destroyed version as a line of text: place, id, time, and the public key in base64 or {@code
 * -}.
 */
final class DestroyedVersion {

  private static final int FIELDS = 4;
  private static final String NO_KEY = "-";

  private DestroyedVersion() {}

  static String line(int place, Version version) {
    String publicKey =
        version
            .publicKey()
            .map(key -> Base64.getEncoder().encodeToString(key.spki().toByteArray()))
            .orElse(NO_KEY);
    return String.join(
        " ",
        Integer.toString(place),
        version.id().value(),
        version.createdAt().toString(),
        publicKey);
  }

  static PlacedVersion parse(String line, KeyAlgorithm algorithm) throws DerException {
    List<String> fields = List.of(line.split(" ", -1));
    if (fields.size() != FIELDS) {
      throw new DerException(Texts.DESTROYED_FIELDS.with(fields.size()));
    }
    try {
      Optional<PublicKeyInfo> publicKey =
          fields.get(3).equals(NO_KEY)
              ? Optional.empty()
              : Optional.of(
                  PublicKeyInfo.fromSpki(Base64.getDecoder().decode(fields.get(3)), algorithm));
      return new PlacedVersion(
          Integer.parseInt(fields.get(0)),
          Version.of(
              KeyVersionId.of(fields.get(1)),
              KeyState.DESTROYED,
              Instant.parse(fields.get(2)),
              publicKey,
              Optional.empty()));
    } catch (EnclaveException | IllegalArgumentException | DateTimeException e) {
      throw new DerException(Texts.DESTROYED_MALFORMED.with());
    }
  }
}
