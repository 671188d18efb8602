package dev.enclave.aws.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.kit.key.PublicKeyCache;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.ServiceKey.Material;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.kms.model.GetPublicKeyResponse;

/** Public keys of KMS keys, asked for once each: they never change. Thread-safe. */
public final class KmsPublicKeys {

  private record Id(String arn, KeyAlgorithm algorithm) {}

  private final KmsCalls calls;
  private final PublicKeyCache<Id> known = new PublicKeyCache<>("AWS KMS");
  // Keys that were out of use and not told then: not to be asked again while they are.
  private final Set<String> withheld = ConcurrentHashMap.newKeySet();

  public KmsPublicKeys(KmsCalls calls) {
    this.calls = calls;
  }

  /** The public key; none for a symmetric key, one without material, or one KMS keeps to itself. */
  Optional<PublicKeyInfo> of(ServiceKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    if (!algorithm.asymmetric() || key.material() == Material.PENDING) {
      return Optional.empty();
    }
    Id id = new Id(key.uri(), algorithm);
    return known.get(id, call, () -> ask(key, id, call));
  }

  /** Takes what is known from elsewhere, unless KMS has told it. */
  void learn(ServiceKey key, PublicKeyInfo publicKey, CallContext call) throws BackendFailure {
    known.get(new Id(key.uri(), publicKey.algorithm()), call, () -> Optional.of(publicKey));
  }

  private Optional<PublicKeyInfo> ask(ServiceKey key, Id id, CallContext call)
      throws BackendFailure {
    boolean outOfUse = key.material() == Material.OFF || key.material() == Material.GONE;
    if (outOfUse && withheld.contains(key.uri())) {
      return Optional.empty();
    }
    try {
      GetPublicKeyResponse answer =
          calls.send(
              KmsOperation.GET_PUBLIC_KEY,
              key.uri(),
              call,
              r -> r.keyId(key.uri()));
      return Optional.of(checked(key, id.algorithm(), answer));
    } catch (BackendFailure e) {
      if (outOfUse && e.code() == FailureCode.INVALID_STATE) {
        withheld.add(key.uri());
        return Optional.empty();
      }
      if (e.code() == FailureCode.INVALID_STATE) {
        // In use when it was described: somebody took it out of use since.
        throw BackendFailure.transientFailure(
                FailureCode.INVALID_STATE,
                "The state of " + key.uri() + " changed while it was read. Read it again.")
            .naming(key.uri());
      }
      throw KmsRefusals.COMMON.unlessNew(e);
    }
  }

  private static PublicKeyInfo checked(
      ServiceKey key, KeyAlgorithm algorithm, GetPublicKeyResponse answer) throws BackendFailure {
    if (!KmsArns.sameKey(answer.keyId(), key.uri())) {
      throw KmsRefusals.COMMON
          .wrongAnswer("another key's public key was sent for " + key.uri())
          .naming(key.uri());
    }
    try {
      return PublicKeyInfo.fromSpki(answer.publicKey().asByteArray(), algorithm);
    } catch (EnclaveException e) {
      throw KmsRefusals.COMMON
          .wrongAnswer("what was sent for " + key.uri() + " is no public key for " + algorithm)
          .naming(key.uri());
    }
  }
}
