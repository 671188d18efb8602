package dev.enclave.testkit.cloud;

import static dev.enclave.spi.AlgorithmSupport.digestsAndMessagesUpTo;
import static dev.enclave.spi.AlgorithmSupport.digestsOnly;
import static dev.enclave.spi.AlgorithmSupport.messagesUpTo;
import static dev.enclave.spi.AlgorithmSupport.wrapping;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.backend.BackendTrait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The kinds of cloud key service there are, by what matters to an engine. */
public enum CloudVariant {
  /** Aliases can be made only once: a compare-and-set. Reads see every write. */
  COMPARE_AND_SET,

  /** The same, and writes are seen by reads ten seconds later. */
  EVENTUALLY_CONSISTENT,

  /**
   * No compare-and-set: racers settle by a rule over records with a time of one-second resolution.
   * Takes digests only, has no Ed25519, answers P1363.
   */
  NO_COMPARE_AND_SET,

  /** Compare-and-set, and keys that wrap. */
  WRAPPING,

  /** Creates, loads and signs; no other capability and no stamps. */
  SIGN_ONLY;

  private static final int MESSAGE_LIMIT = 4096;

  /** The traits its backends have. */
  public Set<BackendTrait> traits() {
    Set<BackendTrait> traits =
        EnumSet.of(
            BackendTrait.REMOTE, BackendTrait.PERSISTENT, BackendTrait.CREATES, BackendTrait.SIGNS);
    if (this != SIGN_ONLY) {
      traits.addAll(
          EnumSet.of(
              BackendTrait.STAMPS,
              BackendTrait.LISTS,
              BackendTrait.ROTATES,
              BackendTrait.CHANGES_STATE,
              BackendTrait.ADOPTS,
              BackendTrait.PROBES_PERMISSIONS));
    }
    switch (this) {
      case COMPARE_AND_SET -> traits.add(BackendTrait.COMPARE_AND_SET);
      case EVENTUALLY_CONSISTENT ->
          traits.addAll(
              EnumSet.of(BackendTrait.COMPARE_AND_SET, BackendTrait.EVENTUALLY_CONSISTENT));
      case WRAPPING -> traits.addAll(EnumSet.of(BackendTrait.COMPARE_AND_SET, BackendTrait.WRAPS));
      case NO_COMPARE_AND_SET, SIGN_ONLY -> {}
    }
    return traits;
  }

  /** How long a write may go unseen. */
  public Duration staleness() {
    return this == EVENTUALLY_CONSISTENT ? Duration.ofSeconds(10) : Duration.ZERO;
  }

  List<AlgorithmSupport> algorithms() {
    return switch (this) {
      case NO_COMPARE_AND_SET ->
          Stream.of(
                  SigningAlgorithm.ECDSA_P256_SHA256,
                  SigningAlgorithm.ECDSA_P384_SHA384,
                  SigningAlgorithm.ECDSA_P521_SHA512,
                  SigningAlgorithm.ECDSA_SECP256K1_SHA256,
                  SigningAlgorithm.ECDSA_SECP256K1_KECCAK256,
                  SigningAlgorithm.RSA_PKCS1_2048_SHA256)
              .map(AlgorithmSupport::digestsOnly)
              .toList();
      case SIGN_ONLY ->
          List.of(
              messagesUpTo(SigningAlgorithm.ED25519, MESSAGE_LIMIT),
              digestsOnly(SigningAlgorithm.ECDSA_P256_SHA256));
      case WRAPPING ->
          Stream.concat(
                  usual().stream(),
                  Stream.of(
                      wrapping(WrappingAlgorithm.AES_256_GCM),
                      wrapping(WrappingAlgorithm.RSA_OAEP_3072_SHA256)))
              .toList();
      case COMPARE_AND_SET, EVENTUALLY_CONSISTENT -> usual();
    };
  }

  private static List<AlgorithmSupport> usual() {
    return List.of(
        messagesUpTo(SigningAlgorithm.ED25519, MESSAGE_LIMIT),
        digestsAndMessagesUpTo(SigningAlgorithm.ECDSA_P256_SHA256, MESSAGE_LIMIT),
        digestsOnly(SigningAlgorithm.ECDSA_P384_SHA384),
        digestsAndMessagesUpTo(SigningAlgorithm.ECDSA_SECP256K1_SHA256, MESSAGE_LIMIT),
        digestsOnly(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256),
        digestsOnly(SigningAlgorithm.RSA_PSS_2048_SHA256));
  }

  /** How the service lays out signatures of an algorithm. */
  SignatureEncoding encoding(KeyAlgorithm algorithm) {
    return this == NO_COMPARE_AND_SET && algorithm.family() == KeyAlgorithm.Family.ECDSA
        ? SignatureEncoding.P1363
        : algorithm.defaultEncoding();
  }

  CloudDirectory directory(CloudKeyService service) {
    return this == NO_COMPARE_AND_SET ? new ClaimDirectory(service) : new AliasDirectory(service);
  }
}
