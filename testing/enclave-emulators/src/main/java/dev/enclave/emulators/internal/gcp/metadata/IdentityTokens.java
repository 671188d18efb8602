package dev.enclave.emulators.internal.gcp.metadata;

import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.token.SignedTokens;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Identity tokens of the attached service account ("Verify the identity of a VM", Compute Engine;
 * "Get an ID token from the metadata server", Google Cloud authentication): for an audience that
 * must be named, for an hour; its subject is the account's unique id.
 *
 * @param email of the service account
 */
public record IdentityTokens(String email, SecureRandom random) implements Service {

  /** Who issues them. */
  public static final String ISSUER = "https://accounts.google.com";

  /** The service account's unique id. */
  public static final String ACCOUNT_ID = "112233445566778899001";

  private static final Duration LIFETIME = Duration.ofHours(1);

  /** The name of what {@code request} asks for. */
  public static String operationOf(ServiceRequest request) {
    return request.path().endsWith("/service-accounts/default/identity")
        ? "MetadataIdentity"
        : "Metadata";
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    if (request.header("metadata-flavor").filter("Google"::equals).isEmpty()) {
      return text(403, "").failedWith("Forbidden");
    }
    if (!operationOf(request).equals("MetadataIdentity")) {
      return text(404, "").failedWith("NotFound");
    }
    String audience = Form.parse(request.query()).getOrDefault("audience", "");
    if (audience.isEmpty()) {
      return text(400, "non-empty audience parameter required").failedWith("BadRequest");
    }
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", ISSUER);
    claims.put("aud", audience);
    claims.put("azp", ACCOUNT_ID);
    claims.put("sub", ACCOUNT_ID);
    claims.put("email", email);
    claims.put("email_verified", "true");
    claims.put("iat", request.time().getEpochSecond());
    claims.put("exp", request.time().plus(LIFETIME).getEpochSecond());
    return text(200, SignedTokens.sign(claims, random)).askedBy(email);
  }

  private static ServiceResponse text(int status, String body) {
    return ServiceResponse.of(status, body.getBytes(StandardCharsets.UTF_8))
        .withHeader("Content-Type", "text/html")
        .withHeader("Metadata-Flavor", "Google")
        .withHeader("Server", "Metadata Server for VM");
  }
}
