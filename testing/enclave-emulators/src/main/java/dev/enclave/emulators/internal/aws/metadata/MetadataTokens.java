package dev.enclave.emulators.internal.aws.metadata;

import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * EC2 User Guide, "How Instance Metadata Service Version 2 works": a PUT with a time to live begins
 * a session; every later request carries its token. Requests without one (IMDSv1) are refused here.
 */
public final class MetadataTokens {

  static final String PATH = "/latest/api/token";
  static final String INSTANCE_ID = "i-0123456789abcdef0";
  private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds";
  private static final String TOKEN = "X-aws-ec2-metadata-token";
  private static final int LONGEST_TTL = 21_600;
  private static final int TOKEN_BYTES = 40;

  private final SecureRandom random;
  private final Map<String, Instant> ends = new ConcurrentHashMap<>();

  public MetadataTokens(SecureRandom random) {
    this.random = random;
  }

  /** 400: the time to live is missing or not valid; 403: the request came through a proxy. */
  ServiceResponse issue(ServiceRequest request) {
    if (!request.method().equals("PUT")) {
      return MetadataService.text(405, "").failedWith("MethodNotAllowed");
    }
    if (request.header("X-Forwarded-For").isPresent()) {
      return MetadataService.text(403, "").failedWith("Forbidden");
    }
    int seconds = request.header(TTL).map(MetadataTokens::seconds).orElse(0);
    if (seconds < 1 || seconds > LONGEST_TTL) {
      return MetadataService.text(400, "").failedWith("BadRequest");
    }
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().encodeToString(bytes);
    ends.put(token, request.time().plusSeconds(seconds));
    return MetadataService.text(200, token).withHeader(TTL, Integer.toString(seconds));
  }

  /** 401: the token is missing or not valid. */
  Optional<ServiceResponse> refusal(ServiceRequest request) {
    boolean valid =
        request
            .header(TOKEN)
            .map(ends::get)
            .filter(end -> request.time().isBefore(end))
            .isPresent();
    return valid
        ? Optional.empty()
        : Optional.of(MetadataService.text(401, "").failedWith("Unauthorized"));
  }

  private static int seconds(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
