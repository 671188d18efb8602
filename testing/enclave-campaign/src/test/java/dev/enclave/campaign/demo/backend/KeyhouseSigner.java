package dev.enclave.campaign.demo.backend;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import java.util.Map;

/** Signs. What was not active when it was read is refused without a request. */
record KeyhouseSigner(KeyhouseCalls calls, String house) implements KeySigner {

  @SuppressWarnings("ArrayRecordComponent") // signatures are not compared
  private record Signature(String version, byte[] signature) {}

  @Override
  public RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    String uri = ref.providerUri();
    boolean named = uri.matches(house + "/keys/[a-z0-9-]{1,63}/versions/" + ref.version());
    KeyhouseCalls.REFUSALS.requireUsable(ref, named, KeyState::mayProduce);
    AlgorithmSupport support =
        KeyhouseCalls.REFUSALS.requireTaken(KeyhouseKey.ALGORITHMS, ref.algorithm(), input);
    Map<String, byte[]> body =
        input instanceof Message message
            ? Map.of("message", message.toByteArray())
            : Map.of("digest", ((Digest) input).value().toByteArray());
    Signature answer =
        calls.send(
            new RemoteRequest("Sign", false, uri),
            calls.to("POST", uri + "/sign", body),
            Signature.class,
            call);
    if (!answer.version().equals(uri)) {
      throw KeyhouseCalls.REFUSALS.wrongAnswer("by another version than it was asked for");
    }
    return RawSignature.of(
        Bytes.of(answer.signature()),
        support.messages() ? SignatureEncoding.RAW : SignatureEncoding.DER,
        ref.version());
  }
}
