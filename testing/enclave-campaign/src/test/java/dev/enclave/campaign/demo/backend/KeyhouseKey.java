package dev.enclave.campaign.demo.backend;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.UsageException;
import dev.enclave.kit.key.Decision;
import dev.enclave.kit.key.KeyMetadata;
import dev.enclave.kit.key.LedgerKey;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.StoredText;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A key's document: its labels, of which Enclave's have the last decision, and its versions. */
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

  static final String PREFIX = "enclave-";
  static final String DECISION = "enclave-decision-";

  /** What a version of the service can be. */
  enum State {
    ENABLED,
    DISABLED,
    DESTROYED
  }

  @SuppressWarnings("ArrayRecordComponent") // versions are not compared
  record Version(
      String number,
      String uri,
      State state,
      long created,
      KeyOrigin origin,
      Assurance protection,
      byte[] publicKey,
      Map<String, String> labels) {

    ServiceKey key() {
      Instant made = Instant.ofEpochMilli(created);
      Material material =
          switch (state) {
            case ENABLED -> Material.ON;
            case DISABLED -> Material.OFF;
            case DESTROYED -> Material.GONE;
          };
      return new ServiceKey(number, uri, made, made, material, origin, labels, this);
    }

    PublicKeyInfo publicKey(KeyAlgorithm scheme) throws BackendFailure {
      try {
        return PublicKeyInfo.fromSpki(publicKey, scheme);
      } catch (UsageException | IllegalArgumentException e) {
        throw KeyhouseCalls.REFUSALS.wrongAnswer("with no key for " + scheme);
      }
    }
  }

  KeyAlgorithm scheme() throws BackendFailure {
    return ALGORITHMS.stream()
        .map(AlgorithmSupport::algorithm)
        .filter(it -> it.joseName().equals(Optional.of(algorithm)))
        .findFirst()
        .orElseThrow(
            () -> KeyhouseCalls.REFUSALS.wrongAnswer("with a key of an unknown algorithm"));
  }

  ServiceKey version(String name) throws BackendFailure {
    return versions.stream()
        .filter(version -> version.uri().equals(name))
        .findFirst()
        .map(Version::key)
        .orElseThrow(() -> KeyhouseCalls.REFUSALS.noForeignKey("its number"));
  }

  /** The name of a key that Enclave made. */
  Optional<KeyName> name() {
    return StoredText.name(uri.substring(uri.lastIndexOf('/') + 1))
        .filter(name -> name.value().equals(labels.get(PREFIX + KeyMetadata.KEY)));
  }

  Optional<LedgerKey> of(KeyName name) {
    List<ServiceKey> keys = versions.stream().map(Version::key).toList();
    return KeyMetadata.parse(
            name, labels, PREFIX, EnvironmentType::name, uri, keys.get(0).createdAt())
        .map(
            metadata ->
                LedgerKey.of(
                    metadata,
                    keys,
                    Decision.parse(DECISION, labels)
                        .orElseGet(() -> Decision.first("1", metadata.operationId())),
                    revision));
  }
}
