package dev.enclave.campaign.demo.backend;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.key.StoredText;
import dev.enclave.error.UsageException;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A key's document. Who changes it names the revision that was read, and of several only the first
 * one gets through; so a rotation is two changes, and one version at most is active.
 */
record KeyhouseKey(
    String uri,
    String algorithm,
    String revision,
    Map<String, String> labels,
    List<Version> versions) {

  KeyhouseKey {
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a key without versions");
    }
  }

  /** The service calls them by their JOSE names. */
  static final List<AlgorithmSupport> ALGORITHMS =
      List.of(
          AlgorithmSupport.digestsOnly(SigningAlgorithm.ECDSA_P256_SHA256),
          AlgorithmSupport.digestsOnly(SigningAlgorithm.ECDSA_SECP256K1_SHA256),
          AlgorithmSupport.messagesUpTo(SigningAlgorithm.ED25519, 4096));

  static final String STAMP = "enclave-stamp";
  static final String ROTATION = "enclave-rotation";

  /** Of a version: what made it. Enclave made the key if it made the first one. */
  static final String OPERATION = "enclave-operation";

  @SuppressWarnings("ArrayRecordComponent") // versions are not compared
  record Version(
      String number,
      String uri,
      KeyState state,
      long created,
      List<Long> activations,
      KeyOrigin origin,
      Assurance protection,
      byte[] publicKey,
      Map<String, String> labels) {

    KeyVersionId id() {
      return KeyVersionId.of(number);
    }

    Instant createdAt() {
      return Instant.ofEpochMilli(created);
    }
  }

  Optional<KeyName> name() {
    return StoredText.name(uri.substring(uri.lastIndexOf('/') + 1));
  }

  boolean madeByEnclave() {
    return versions.get(0).labels().containsKey(OPERATION) && name().isPresent();
  }

  Optional<KeyVersion> preparedBy(String operationId, KeyName name) throws BackendFailure {
    for (int i = 1; i < versions.size(); i++) {
      if (operationId.equals(versions.get(i).labels().get(OPERATION))) {
        return Optional.of(snapshot(name).versions().get(i));
      }
    }
    return Optional.empty();
  }

  Version version(KeyName name, KeyVersionId id) throws BackendFailure {
    return versions.stream()
        .filter(version -> version.number().equals(id.value()))
        .findFirst()
        .orElseThrow(() -> KeyhouseCalls.REFUSALS.noVersion(name, id));
  }

  void requireActive(KeyName name, KeyVersionId expected) throws BackendFailure {
    if (version(name, expected).state() != KeyState.ACTIVE) {
      throw KeyhouseCalls.REFUSALS.conflict(name, expected);
    }
  }

  KeySnapshot snapshot(KeyName name) throws BackendFailure {
    KeyAlgorithm scheme =
        ALGORITHMS.stream()
            .map(AlgorithmSupport::algorithm)
            .filter(it -> it.joseName().equals(Optional.of(algorithm)))
            .findFirst()
            .orElseThrow(
                () -> KeyhouseCalls.REFUSALS.wrongAnswer("with a key of an unknown algorithm"));
    try {
      List<KeyVersion> described = new ArrayList<>();
      for (Version version : versions) {
        described.add(
            KeyVersion.of(version.id(), version.state(), version.createdAt(), version.uri())
                .withPublicKey(Optional.of(PublicKeyInfo.fromSpki(version.publicKey(), scheme)))
                .withAssurance(version.protection())
                .withActivatedAt(
                    version.activations().stream().findFirst().map(Instant::ofEpochMilli))
                .withOrigin(version.origin()));
      }
      return KeySnapshot.of(name, scheme, described, uri)
          .withRotation(
              StoredText.interval(labels.getOrDefault(ROTATION, ""))
                  .orElse(RotationInterval.POLICY))
          .withStamp(StoredText.stamp("label " + STAMP, labels.get(STAMP), EnvironmentType::name));
    } catch (UsageException | IllegalArgumentException e) {
      throw KeyhouseCalls.REFUSALS.wrongAnswer("with no key for " + scheme);
    }
  }
}
