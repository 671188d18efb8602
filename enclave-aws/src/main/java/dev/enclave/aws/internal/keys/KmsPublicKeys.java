package dev.enclave.aws.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.kit.key.PublicKeyCache;
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
  Optional<PublicKeyInfo> of(KmsKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    if (!algorithm.asymmetric() || key.empty()) {
      return Optional.empty();
    }
    Id id = new Id(key.arn(), algorithm);
    return known.get(id, call, () -> ask(key, id, call));
  }

  /** Takes what is known from elsewhere, unless KMS has told it. */
  void learn(KmsKey key, PublicKeyInfo publicKey, CallContext call) throws BackendFailure {
    known.get(new Id(key.arn(), publicKey.algorithm()), call, () -> Optional.of(publicKey));
  }

  private Optional<PublicKeyInfo> ask(KmsKey key, Id id, CallContext call) throws BackendFailure {
    boolean outOfUse = key.disabled() || key.doomed();
    if (outOfUse && withheld.contains(key.arn())) {
      return Optional.empty();
    }
    try {
      GetPublicKeyResponse answer =
          calls.send(
              KmsOperation.GET_PUBLIC_KEY,
              key.arn(),
              call,
              (kms, limits) ->
                  kms.getPublicKey(r -> r.keyId(key.arn()).overrideConfiguration(limits)));
      return Optional.of(checked(key, id.algorithm(), answer));
    } catch (BackendFailure e) {
      if (outOfUse && e.code() == FailureCode.INVALID_STATE) {
        withheld.add(key.arn());
        return Optional.empty();
      }
      if (e.code() == FailureCode.INVALID_STATE) {
        // In use when it was described: somebody took it out of use since.
        throw BackendFailure.transientFailure(
                FailureCode.INVALID_STATE,
                "The state of " + key.arn() + " changed while it was read. Read it again.")
            .naming(key.arn());
      }
      throw KmsRefusals.COMMON.unlessNew(e);
    }
  }

  private static PublicKeyInfo checked(
      KmsKey key, KeyAlgorithm algorithm, GetPublicKeyResponse answer) throws BackendFailure {
    if (!KmsArns.sameKey(answer.keyId(), key.arn())) {
      throw KmsRefusals.COMMON
          .wrongAnswer("another key's public key was sent for " + key.arn())
          .naming(key.arn());
    }
    try {
      return PublicKeyInfo.fromSpki(answer.publicKey().asByteArray(), algorithm);
    } catch (EnclaveException e) {
      throw KmsRefusals.COMMON
          .wrongAnswer("what was sent for " + key.arn() + " is no public key for " + algorithm)
          .naming(key.arn());
    }
  }
}
