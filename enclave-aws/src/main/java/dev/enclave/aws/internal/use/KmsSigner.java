package dev.enclave.aws.internal.use;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningInput;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SignResponse;

/** Signs: one request, by the key's own ARN and the key's own algorithm. */
public final class KmsSigner implements KeySigner {

  private final KmsCalls calls;

  public KmsSigner(KmsCalls calls) {
    this.calls = calls;
  }

  @Override
  public RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    KmsScheme scheme = KmsScheme.of(ref.algorithm());
    if (ref.algorithm().purpose() != KeyPurpose.SIGN) {
      throw KmsRefusals.COMMON.cannot(ref.algorithm(), "sign");
    }
    if (!scheme.support().takes(input)) {
      throw KmsRefusals.COMMON.notTaken(scheme.support());
    }
    KmsRefusals.requireUsable(ref, KeyState::mayProduce);
    SignResponse answer = ask(ref, scheme, input, call);
    if (answer.signature() == null || answer.signingAlgorithm() != scheme.signing()) {
      throw KmsRefusals.COMMON.wrongAnswer("it did not sign by the algorithm asked for");
    }
    return RawSignature.of(
            Bytes.of(answer.signature().asByteArrayUnsafe()),
            ref.algorithm().defaultEncoding(),
            signedBy(ref, answer))
        .withProviderRequestId(Optional.ofNullable(answer.responseMetadata().requestId()));
  }

  private SignResponse ask(
      KeyVersionRef ref, KmsScheme scheme, SigningInput input, CallContext call)
      throws BackendFailure {
    boolean digest = input instanceof Digest;
    byte[] bytes =
        digest ? ((Digest) input).value().toByteArray() : ((Message) input).toByteArray();
    return calls.send(
        KmsOperation.SIGN,
        ref.providerUri(),
        call,
        (kms, limits) ->
            kms.sign(
                r ->
                    r.keyId(ref.providerUri())
                        .message(SdkBytes.fromByteArrayUnsafe(bytes))
                        .messageType(digest ? MessageType.DIGEST : MessageType.RAW)
                        .signingAlgorithm(scheme.signing())
                        .overrideConfiguration(limits)));
  }

  /** The version KMS says it used, not the one it was asked for. */
  private static KeyVersionId signedBy(KeyVersionRef ref, SignResponse answer)
      throws BackendFailure {
    if (KmsArns.sameKey(answer.keyId(), ref.providerUri())) {
      return ref.version();
    }
    return KmsArns.keyId(answer.keyId() == null ? "" : answer.keyId())
        .filter(id -> !id.equals(ref.version().value()))
        .map(KeyVersionId::of)
        .orElseThrow(
            () -> KmsRefusals.COMMON.wrongAnswer("it did not say that the key asked for signed"));
  }
}
