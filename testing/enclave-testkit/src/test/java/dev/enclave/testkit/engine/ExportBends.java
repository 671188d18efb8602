package dev.enclave.testkit.engine;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a backend may get wrong about keys that go out or come in. */
final class ExportBends {

  private ExportBends() {}

  /** Exports of something else than the key that was asked for. */
  static List<UnaryOperator<ExportedKey>> all(PublicKeyInfo other) {
    return List.of(
        key ->
            ExportedKey.of(
                KeyName.of("other"), key.algorithm(), key.rotation(), key.stamp(), key.versions()),
        key -> with(key, key.versions().subList(1, 2)),
        key -> with(key, List.of(of(key.versions().get(0), other), key.versions().get(1))),
        key ->
            with(
                key,
                List.of(
                    key.versions().get(0),
                    withMaterialOf(key.versions().get(1), key.versions().get(0)))));
  }

  private static ExportedKey with(ExportedKey key, List<Version> versions) {
    return ExportedKey.of(key.name(), key.algorithm(), key.rotation(), key.stamp(), versions);
  }

  private static Version of(Version version, PublicKeyInfo publicKey) {
    return Version.of(
        version.id(),
        version.state(),
        version.createdAt(),
        Optional.of(publicKey),
        version.material());
  }

  private static Version withMaterialOf(Version version, Version other) {
    return Version.of(
        version.id(), version.state(), version.createdAt(), version.publicKey(), other.material());
  }

  /** Answers to a restoration that are not what was asked for. */
  static List<UnaryOperator<KeySnapshot>> snapshots() {
    return List.of(
        key -> with(key, key.stamp(), KeyOrigin.GENERATED, KeyState.ACTIVE),
        key -> with(key, key.stamp(), KeyOrigin.IMPORTED, KeyState.VERIFY_ONLY),
        key -> with(key, StampReading.none(), KeyOrigin.IMPORTED, KeyState.ACTIVE),
        key ->
            with(key, StampReading.of(EnvironmentType.LOCAL), KeyOrigin.IMPORTED, KeyState.ACTIVE));
  }

  private static KeySnapshot with(
      KeySnapshot key, StampReading stamp, KeyOrigin origin, KeyState state) {
    return key.withVersions(
            key.versions().stream().map(v -> v.withState(state).withOrigin(origin)).toList())
        .withStamp(stamp);
  }
}
