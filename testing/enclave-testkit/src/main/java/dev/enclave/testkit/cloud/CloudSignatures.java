package dev.enclave.testkit.cloud;

import dev.enclave.Bytes;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.testkit.cloud.CloudKeyService.CloudKey;
import dev.enclave.testkit.cloud.CloudKeyService.Tags;
import dev.enclave.testkit.cloud.ScriptedCalls.Turn;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** Signatures of a cloud key service, wrong ones where the script says so. */
final class CloudSignatures {

  private final CloudKeyService service;
  private final CloudVariant variant;
  private final SecureRandom random;

  CloudSignatures(CloudKeyService service, CloudVariant variant, SecureRandom random) {
    this.service = service;
    this.variant = variant;
    this.random = random;
  }

  RawSignature answer(CloudKey key, SigningInput input, CallContext call, Turn turn) {
    CloudKey signer = turn.is(Fault.Wrong.KEY) ? decoy(key, call) : key;
    byte[] value = service.sign(signer, input, variant.encoding(key.algorithm())).toByteArray();
    if (turn.is(Fault.Wrong.BIT)) {
      value[value.length - 1] ^= 1;
    }
    Bytes whole = Bytes.of(value);
    return RawSignature.of(
            turn.is(Fault.Wrong.LENGTH) ? Bytes.of(Arrays.copyOf(value, value.length - 1)) : whole,
            variant.encoding(key.algorithm()),
            KeyVersionId.of(turn.is(Fault.Wrong.VERSION) ? decoy(key, call).id() : key.id()))
        .withProviderRequestId(Optional.of(turn.requestId()));
  }

  private CloudKey decoy(CloudKey key, CallContext call) {
    Tags foreign = new Tags(Optional.empty(), false, "", Optional.empty(), key.tags().rotation());
    return service.createKey(key.algorithm(), foreign, call.time(), random);
  }
}
