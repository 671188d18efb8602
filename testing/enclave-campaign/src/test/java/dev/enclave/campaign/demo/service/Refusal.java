package dev.enclave.campaign.demo.service;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Map;

/** What the service answers in place of a result. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  Refusal(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  static Refusal invalid(String message) {
    return new Refusal(400, "InvalidRequest", message);
  }

  static Refusal throttled() {
    return new Refusal(429, "Throttled", "Too many requests.");
  }

  static Refusal tokenExpired() {
    return new Refusal(401, "TokenExpired", "The token has expired.");
  }

  ServiceResponse response() {
    ServiceResponse refused =
        ServiceResponse.of(status, Json.write(Map.of("code", code, "message", getMessage())))
            .withHeader("Keyhouse-Error", code)
            .failedWith(code);
    return status == 429 ? refused.withHeader("Retry-After", "1") : refused;
  }
}
