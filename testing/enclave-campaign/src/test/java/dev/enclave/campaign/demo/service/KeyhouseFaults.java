package dev.enclave.campaign.demo.service;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Faults in the service's words. */
final class KeyhouseFaults implements FaultDialect {

  private final SecureRandom random;

  KeyhouseFaults(SecureRandom random) {
    this.random = random;
  }

  @Override
  public ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request) {
    Refusal refusal =
        switch (reason) {
          case INTERNAL_ERROR -> new Refusal(500, "InternalError", "Something failed.");
          case UNAVAILABLE -> new Refusal(503, "Unavailable", "The service takes no requests.");
          case TIMEOUT -> new Refusal(504, "Timeout", "A part of the service did not answer.");
          case THROTTLED -> Refusal.throttled();
          case EXPIRED_TOKEN -> Refusal.tokenExpired();
        };
    return KeyhouseService.withId(refusal.response(), request);
  }

  @Override
  public Map<String, WrongAnswer> wrongAnswers() {
    return Map.of(
        "flipped-bit",
        (request, service) -> changed(request, service, "signature", this::flipped),
        "another-key",
        (request, service) -> changed(request, service, "signature", right -> byAnother(request)),
        "another-version",
        (request, service) -> changed(request, service, "version", right -> right + "0"));
  }

  /** What becomes of a member of the answer. */
  private interface Change {
    Object of(String right) throws Refusal;
  }

  private static ServiceResponse changed(
      ServiceRequest request, Service service, String member, Change change) {
    ServiceResponse right = service.handle(request);
    Map<String, @Nullable Object> body = Json.parseObject(right.body()).orElseThrow();
    try {
      if (body.get(member) instanceof String text) {
        body.put(member, change.of(text));
      }
    } catch (Refusal e) {
      throw new IllegalStateException("what was signed once is signed again", e);
    }
    return right.withBody(Json.write(body));
  }

  private byte[] flipped(String base64) {
    byte[] signature = Base64.getDecoder().decode(base64);
    signature[signature.length - 1] ^= 1;
    return signature;
  }

  private byte[] byAnother(ServiceRequest request) throws Refusal {
    Map<String, @Nullable Object> asked = Json.parseObject(request.body()).orElseThrow();
    SigningMaterial other =
        HouseKey.generate(asked.containsKey("digest") ? HouseKey.P256 : HouseKey.ED25519, random);
    return House.signature(other, asked, random);
  }
}
