package dev.enclave.emulators.internal.gcp.metadata;

import dev.enclave.emulators.internal.gcp.auth.AccessTokens;
import dev.enclave.emulators.internal.gcp.auth.AccessTokens.Token;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * "About VM metadata", "View and query VM metadata" and "Authenticate workloads to Google Cloud
 * APIs using service accounts" of Compute Engine: the project, the zone, the attached service
 * account and its access tokens.
 */
public final class MetadataService implements Service {

  private static final String ROOT = "/computeMetadata/v1/";
  private static final String ACCOUNTS = "instance/service-accounts/";
  // Compute Engine, "Authenticate workloads …", About access tokens: "The metadata server caches
  // access tokens until they have 5 minutes of remaining time before they expire."
  private static final Duration RENEW_BEFORE = Duration.ofMinutes(5);

  /**
   * Whose metadata.
   *
   * @param zone without the project, such as {@code europe-west1-b}
   * @param email of the attached service account
   * @param lifetime of access tokens
   */
  public record Settings(String project, String zone, String email, Duration lifetime) {}

  private final IdentityTokens identities;
  private final Settings settings;
  private final AccessTokens tokens;
  private @Nullable Token current;

  /** Hands out {@code tokens}, and identity tokens. */
  public MetadataService(Settings settings, AccessTokens tokens, SecureRandom random) {
    this.identities = new IdentityTokens(settings.email(), random);
    this.settings = settings;
    this.tokens = tokens;
  }

  /** The name of what {@code request} asks for. */
  public static String operationOf(ServiceRequest request) {
    if (request.path().endsWith("/identity")) {
      return "MetadataIdentity";
    }
    return request.path().endsWith("/token") ? "MetadataToken" : "Metadata";
  }

  /**
   * "About VM metadata", Security considerations: the header Metadata-Flavor is required, and
   * requests with X-Forwarded-For are refused.
   */
  @Override
  public ServiceResponse handle(ServiceRequest request) {
    if (!request.method().equals("GET")) {
      return text(405, "");
    }
    boolean flavoured = request.header("metadata-flavor").filter("Google"::equals).isPresent();
    if (request.header("x-forwarded-for").isPresent()
        || (!flavoured && request.path().startsWith(ROOT))) {
      return text(403, "").failedWith("Forbidden");
    }
    if (request.path().equals("/")) {
      return text(200, "computeMetadata/\n");
    }
    return request.path().startsWith(ROOT)
        ? value(request, request.path().substring(ROOT.length()))
        : notFound();
  }

  private ServiceResponse value(ServiceRequest request, String path) {
    return path.startsWith(ACCOUNTS)
        ? account(request, path.substring(ACCOUNTS.length()))
        : plain(path).map(value -> text(200, value)).orElseGet(MetadataService::notFound);
  }

  private Optional<String> plain(String path) {
    return switch (path) {
      case "project/project-id" -> Optional.of(settings.project());
      case "project/numeric-project-id" -> Optional.of("112233445566");
      case "instance/id" -> Optional.of("1234567890123456789");
      case "instance/name" -> Optional.of("emulated-instance");
      case "instance/zone" -> Optional.of("projects/112233445566/zones/" + settings.zone());
      case "universe/universe-domain" -> Optional.of("googleapis.com");
      default -> Optional.empty();
    };
  }

  private ServiceResponse account(ServiceRequest request, String path) {
    if (path.isEmpty()) {
      return text(200, "default/\n" + settings.email() + "/\n");
    }
    int end = path.indexOf('/');
    String name = end < 0 ? path : path.substring(0, end);
    if (!name.equals("default") && !name.equals(settings.email())) {
      return notFound();
    }
    return switch (path.substring(name.length())) {
      case "/email" -> text(200, settings.email());
      case "/aliases" -> text(200, "default\n");
      case "/scopes" -> text(200, "https://www.googleapis.com/auth/cloud-platform\n");
      case "/token" -> token(request.time());
      case "/identity" -> identities.handle(request);
      default -> notFound();
    };
  }

  private ServiceResponse token(Instant now) {
    Token token = currentToken(now);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", token.value());
    answer.put("expires_in", Duration.between(now, token.expiry()).toSeconds());
    answer.put("token_type", "Bearer");
    return flavoured(ServiceResponse.of(200, Json.write(answer)))
        .withHeader("Content-Type", "application/json")
        .askedBy(token.principal());
  }

  private synchronized Token currentToken(Instant now) {
    Token held = current;
    if (held == null || !held.expiry().minus(RENEW_BEFORE).isAfter(now)) {
      held = tokens.issue(settings.email(), now, settings.lifetime());
      current = held;
    }
    return held;
  }

  private static ServiceResponse notFound() {
    return text(404, "").failedWith("NotFound");
  }

  private static ServiceResponse text(int status, String body) {
    return flavoured(ServiceResponse.of(status, body.getBytes(StandardCharsets.UTF_8)))
        .withHeader("Content-Type", "application/text");
  }

  /** "About VM metadata": responses carry the header too, so that clients know who answers. */
  private static ServiceResponse flavoured(ServiceResponse response) {
    return response
        .withHeader("Metadata-Flavor", "Google")
        .withHeader("Server", "Metadata Server for VM");
  }
}
