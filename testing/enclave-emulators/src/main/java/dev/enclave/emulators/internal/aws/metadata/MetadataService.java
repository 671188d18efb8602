package dev.enclave.emulators.internal.aws.metadata;

import dev.enclave.emulators.internal.aws.auth.Credential;
import dev.enclave.emulators.internal.aws.auth.CredentialIssuer;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Two places at which workloads find credentials: the container credentials endpoint (ECS Developer
 * Guide, "Task IAM role"; EKS User Guide, "EKS Pod Identity"; AWS SDKs Reference Guide, "Container
 * credential provider") and the instance metadata service with session tokens (EC2 User Guide, "Use
 * IMDS", IMDSv2).
 */
public final class MetadataService implements Service {

  private static final String CONTAINER = "/v2/credentials/";
  private static final String INSTANCE = "/latest/";
  private static final String ROLES = "/latest/meta-data/iam/security-credentials/";
  // EC2 User Guide, "Retrieve security credentials": new ones at least five minutes before the old
  // ones end.
  private static final Duration RENEW_BEFORE = Duration.ofMinutes(5);

  private final Settings settings;
  private final Partition partition;
  private final CredentialIssuer issuer;
  private final MetadataTokens tokens;
  private final Map<String, Credential> current = new ConcurrentHashMap<>();

  /**
   * Who gets credentials here.
   *
   * @param containerId the last part of the container endpoint's path
   * @param containerRole the role of the container, if it has one
   * @param containerAuthorization what the Authorization header must be, if anything
   * @param instanceRole the role of the instance, if it has one
   * @param lifetime of credentials
   */
  public record Settings(
      String containerId,
      Optional<String> containerRole,
      Optional<String> containerAuthorization,
      Optional<String> instanceRole,
      Duration lifetime) {}

  public MetadataService(
      Settings settings, Partition partition, CredentialIssuer issuer, MetadataTokens tokens) {
    this.settings = settings;
    this.partition = partition;
    this.issuer = issuer;
    this.tokens = tokens;
  }

  /** The name of what {@code request} asks for; empty if it is not for this service. */
  public static Optional<String> operationOf(ServiceRequest request) {
    if (request.path().startsWith(CONTAINER)) {
      return Optional.of("ContainerCredentials");
    }
    if (request.path().equals(MetadataTokens.PATH)) {
      return Optional.of("InstanceMetadataToken");
    }
    return request.path().startsWith(INSTANCE) ? Optional.of("InstanceMetadata") : Optional.empty();
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    return switch (request.operation()) {
      case "ContainerCredentials" -> container(request);
      case "InstanceMetadataToken" -> tokens.issue(request);
      default -> tokens.refusal(request).orElseGet(() -> instance(request));
    };
  }

  private ServiceResponse container(ServiceRequest request) {
    if (!request.method().equals("GET")) {
      return text(405, "");
    }
    if (settings.containerRole().isEmpty()
        || !request.path().equals(CONTAINER + settings.containerId())) {
      return text(
              404,
              "{\"code\":\"InvalidIdInRequest\",\"message\":\"CredentialsV2Request:"
                  + " Credentials not found\"}")
          .failedWith("InvalidIdInRequest");
    }
    Optional<String> wanted = settings.containerAuthorization();
    if (wanted.isPresent() && !wanted.equals(request.header("authorization"))) {
      return text(
              401,
              "{\"code\":\"Unauthorized\",\"message\":\"Authorization token is not" + " valid\"}")
          .failedWith("Unauthorized");
    }
    String role = settings.containerRole().get();
    Credential credential = credential(role, "container", request.time());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("RoleArn", partition.roleArn(role));
    putCredential(credential, answer);
    return json(answer).askedBy(credential.caller().arn());
  }

  private ServiceResponse instance(ServiceRequest request) {
    if (!request.method().equals("GET")) {
      return text(405, "");
    }
    String path = request.path();
    return switch (path) {
      case "/latest/meta-data/placement/region" -> text(200, partition.region());
      case "/latest/meta-data/placement/availability-zone" -> text(200, partition.region() + "a");
      case "/latest/meta-data/instance-id" -> text(200, MetadataTokens.INSTANCE_ID);
      case "/latest/dynamic/instance-identity/document" -> json(identityDocument());
      default -> path.startsWith(ROLES) ? role(request) : text(404, "").failedWith("NotFound");
    };
  }

  /** The role's name, or its credentials. */
  private ServiceResponse role(ServiceRequest request) {
    Optional<String> role = settings.instanceRole();
    String asked = request.path().substring(ROLES.length());
    if (role.isPresent() && asked.isEmpty()) {
      return text(200, role.get());
    }
    if (role.isEmpty() || !asked.equals(role.get())) {
      return text(404, "").failedWith("NotFound");
    }
    Credential credential = credential(role.get(), MetadataTokens.INSTANCE_ID, request.time());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Code", "Success");
    answer.put("LastUpdated", request.time().truncatedTo(ChronoUnit.SECONDS).toString());
    answer.put("Type", "AWS-HMAC");
    putCredential(credential, answer);
    return json(answer).askedBy(credential.caller().arn());
  }

  private Credential credential(String role, String session, Instant now) {
    return Objects.requireNonNull(
        current.compute(
            session,
            (any, old) ->
                old != null && old.expiration().orElseThrow().minus(RENEW_BEFORE).isAfter(now)
                    ? old
                    : issuer.newSession(role, session, now, settings.lifetime())));
  }

  private static void putCredential(Credential credential, Map<String, Object> answer) {
    answer.put("AccessKeyId", credential.accessKeyId());
    answer.put("SecretAccessKey", credential.secret());
    answer.put("Token", credential.token().orElseThrow());
    answer.put(
        "Expiration",
        credential.expiration().orElseThrow().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** EC2 User Guide, "Instance identity documents". */
  private Map<String, Object> identityDocument() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("accountId", partition.account());
    document.put("architecture", "x86_64");
    document.put("availabilityZone", partition.region() + "a");
    document.put("imageId", "ami-0123456789abcdef0");
    document.put("instanceId", MetadataTokens.INSTANCE_ID);
    document.put("instanceType", "t3.medium");
    document.put("privateIp", "127.0.0.1");
    document.put("region", partition.region());
    document.put("version", "2017-09-30");
    return document;
  }

  private static ServiceResponse json(Map<String, Object> body) {
    return ServiceResponse.of(200, Json.write(body)).withHeader("Content-Type", "application/json");
  }

  static ServiceResponse text(int status, String body) {
    return ServiceResponse.of(status, body.getBytes(StandardCharsets.UTF_8))
        .withHeader("Content-Type", "text/plain");
  }
}
