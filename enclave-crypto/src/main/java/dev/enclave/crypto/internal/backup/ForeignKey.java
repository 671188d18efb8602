package dev.enclave.crypto.internal.backup;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.internal.choice.Materials;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerReader;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.ObjectId;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A decrypted PKCS#8 that something else wrote: it says what kind of key it is, not what for. */
final class ForeignKey {

  private static final KeyVersionId FIRST = KeyVersionId.of("1");

  private final byte[] pkcs8;
  private final SecureRandom random;

  /**
   * @param pkcs8 stays the caller's
   */
  ForeignKey(byte[] pkcs8, SecureRandom random) {
    this.pkcs8 = pkcs8;
    this.random = random;
  }

  ExportedKey as(Optional<KeyAlgorithm> wanted, KeyName name, Instant now) {
    byte[] identifier = identifier();
    List<KeyAlgorithm> possible =
        KeyAlgorithm.all().stream()
            .filter(KeyAlgorithm::asymmetric)
            .filter(a -> Arrays.equals(PublicKeys.algorithmIdentifier(a), identifier))
            .filter(this::fits)
            .toList();
    KeyAlgorithm algorithm = choose(wanted, possible, identifier);
    try (SecretBytes material = SecretBytes.takeOver(pkcs8.clone())) {
      KeyMaterial key = Materials.decode(algorithm, material, random);
      try {
        return ExportedKey.of(
            name,
            algorithm,
            RotationInterval.unlessAsked(algorithm),
            Optional.empty(),
            List.of(
                Version.of(
                    FIRST, KeyState.ACTIVE, now, key.publicKey(), Optional.of(key.encode()))));
      } finally {
        key.destroy();
      }
    }
  }

  private byte[] identifier() {
    try {
      DerReader outer = new DerReader(pkcs8);
      DerReader info = outer.sequence();
      outer.end();
      info.natural();
      return info.element(DerWriter.SEQUENCE);
    } catch (DerException e) {
      throw InvalidBackups.wrongPassword();
    }
  }

  private boolean fits(KeyAlgorithm algorithm) {
    try (SecretBytes material = SecretBytes.takeOver(pkcs8.clone())) {
      Materials.decode(algorithm, material, random).destroy();
      return true;
    } catch (UsageException e) {
      return false;
    }
  }

  private static KeyAlgorithm choose(
      Optional<KeyAlgorithm> wanted, List<KeyAlgorithm> possible, byte[] identifier) {
    if (possible.isEmpty()) {
      throw InvalidBackups.invalid(Texts.NO_ALGORITHM_USES_IT.with(kind(identifier)));
    }
    if (wanted.isPresent() && !possible.contains(wanted.get())) {
      throw Texts.KEY_NOT_FOR_ALGORITHM.as(
          ErrorCode.KEY_SPEC_MISMATCH, wanted.get(), names(possible));
    }
    if (wanted.isEmpty() && possible.size() > 1) {
      throw Texts.SAY_ALGORITHM.as(ErrorCode.INVALID_ARGUMENT, names(possible));
    }
    return wanted.orElse(possible.get(0));
  }

  private static String names(List<KeyAlgorithm> algorithms) {
    return algorithms.stream().map(KeyAlgorithm::name).collect(Collectors.joining(", "));
  }

  private static String kind(byte[] identifier) {
    try {
      return ObjectId.name(ObjectId.read(new DerReader(identifier).sequence()));
    } catch (DerException e) {
      return Texts.OF_UNKNOWN_KIND.with();
    }
  }
}
