package dev.enclave.azure.internal.use;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.cryptography.models.SignResult;
import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureCalls.Answered;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import java.util.Optional;

/** Signs: one request, by the version's own identifier and the key's own algorithm. */
public final class AzureSigner implements KeySigner {

  private final AzureCalls calls;

  public AzureSigner(AzureCalls calls) {
    this.calls = calls;
  }

  @Override
  public RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    if (ref.algorithm().purpose() != KeyPurpose.SIGN) {
      throw AzureCalls.REFUSALS.cannot(ref.algorithm(), "sign");
    }
    if (!AzureScheme.offered(ref.algorithm(), calls.endpoint().managedHsm())) {
      throw AzureRefusals.noEd25519(ref.algorithm());
    }
    AzureScheme scheme = new AzureScheme(ref.algorithm());
    if (!scheme.support().takes(input)) {
      throw AzureCalls.REFUSALS.notTaken(scheme.support());
    }
    calls.requireUsable(ref, KeyState::mayProduce);
    Answered<SignResult> answer = ask(ref, scheme, ((Digest) input).value().toByteArray(), call);
    byte[] signature = answer.value().getSignature();
    if (signature == null || signature.length != scheme.signatureLength()) {
      throw AzureCalls.REFUSALS.wrongAnswer(
          "what it sent is not as long as a signature by " + ref.algorithm());
    }
    return RawSignature.of(Bytes.of(signature), scheme.encoding(), signedBy(ref, answer.value()))
        .withProviderRequestId(answer.requestId());
  }

  private Answered<SignResult> ask(
      KeyVersionRef ref, AzureScheme scheme, byte[] digest, CallContext call)
      throws BackendFailure {
    return calls.use(
        AzureOperation.SIGN,
        ref,
        call,
        session ->
            session.cryptography(ref.providerUri()).sign(scheme.signing(), digest, Context.NONE));
  }

  /** The version the vault says it used, not the one it was asked for. */
  private KeyVersionId signedBy(KeyVersionRef ref, SignResult answer) throws BackendFailure {
    Optional<AzureNames.Id> said = parsed(answer.getKeyId());
    Optional<AzureNames.Id> asked = parsed(ref.providerUri());
    if (said.isEmpty()
        || asked.isEmpty()
        || !said.get().name().equalsIgnoreCase(asked.get().name())) {
      throw AzureCalls.REFUSALS.wrongAnswer("it did not say that the key asked for signed");
    }
    return said.get()
        .version()
        .map(KeyVersionId::of)
        .orElseThrow(() -> AzureCalls.REFUSALS.wrongAnswer("it did not say which version signed"));
  }

  private Optional<AzureNames.Id> parsed(String kid) {
    return kid == null ? Optional.empty() : AzureNames.parse(kid, calls.endpoint().origin());
  }
}
