package dev.enclave.azure.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.RestoreRequest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Keys that are in no vault yet. */
public final class OutsideKeys {

  private static final SecureRandom RANDOM = new SecureRandom();

  private OutsideKeys() {}

  /** One of them, with its private halves. */
  public record Outside(ExportedKey key) implements AutoCloseable {

    public Optional<PublicKeyInfo> publicKey(int index) {
      return key.versions().get(index).publicKey();
    }

    public RestoreRequest request(KeyName name) {
      return RestoreRequest.of(
          name, EnvironmentType.DEVELOPMENT, key, UUID.randomUUID().toString());
    }

    /** The same, one of whose versions has the private half of another key's only version. */
    public Outside withMaterial(int index, Outside other) {
      List<Version> versions = new ArrayList<>(key.versions());
      Version version = versions.get(index);
      versions.set(
          index,
          Version.of(
              version.id(),
              version.state(),
              version.createdAt(),
              version.publicKey(),
              other.key.versions().get(0).material()));
      return new Outside(
          ExportedKey.of(key.name(), key.algorithm(), key.rotation(), key.stamp(), versions));
    }

    @Override
    public void close() {
      key.close();
    }
  }

  public static Outside of(KeyAlgorithm algorithm, KeyState... states) {
    List<Version> versions = new ArrayList<>();
    for (KeyState state : states) {
      try (LocalKey key = LocalKey.generate(algorithm, RANDOM)) {
        versions.add(
            Version.of(
                KeyVersionId.of("v" + versions.size()),
                state,
                Instant.EPOCH,
                key.publicKey(),
                state == KeyState.DESTROYED ? Optional.empty() : Optional.of(key.encode())));
      }
    }
    return whole(algorithm, versions);
  }

  /** One whose private half is none. */
  public static Outside junk(KeyAlgorithm algorithm) {
    return whole(
        algorithm,
        List.of(
            Version.of(
                KeyVersionId.of("v0"),
                KeyState.ACTIVE,
                Instant.EPOCH,
                Optional.empty(),
                Optional.of(SecretBytes.takeOver(new byte[32])))));
  }

  private static Outside whole(KeyAlgorithm algorithm, List<Version> versions) {
    return new Outside(
        ExportedKey.of(
            KeyName.of("outside"), algorithm, RotationInterval.NEVER, Optional.empty(), versions));
  }
}
