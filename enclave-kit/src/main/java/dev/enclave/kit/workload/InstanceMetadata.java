package dev.enclave.kit.workload;

import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;

/**
 * EC2's instance metadata service, version 2 alone: a session token by PUT, then documents with it.
 * Always at its documented addresses, whatever AWS_EC2_METADATA_SERVICE_ENDPOINT says. ("Use the
 * Instance Metadata Service to access instance metadata", Amazon EC2 User Guide.)
 */
public final class InstanceMetadata {

  private static final String V4 = "http://169.254.169.254";

  /** For instances without IPv4. */
  private static final String V6 = "http://[fd00:ec2::254]";

  private final MetadataService service;
  private final String base;
  private final String token;

  private InstanceMetadata(MetadataService service, String base, String token) {
    this.service = service;
    this.base = base;
    this.token = token;
  }

  /** A way to documents, or why there is none. */
  public sealed interface Access {}

  /**
   * A session.
   *
   * @param metadata to ask
   */
  public record Granted(InstanceMetadata metadata) implements Access {}

  /**
   * None.
   *
   * @param reason what was observed
   */
  public record Refused(String reason) implements Access {}

  /** Whether the operator has switched it off, by the variable all AWS SDKs know. */
  public static boolean switchedOff(EnvironmentSnapshot environment) {
    return environment
        .variable("AWS_EC2_METADATA_DISABLED")
        .filter("true"::equalsIgnoreCase)
        .isPresent();
  }

  /** Asks for a session. */
  public static Access open(MetadataService service) {
    MetadataAnswer answer = token(service, V4);
    String base = V4;
    if (answer instanceof MetadataAnswer.Silent silent) {
      answer = token(service, V6);
      base = V6;
      if (answer instanceof MetadataAnswer.Silent) {
        return new Refused("the instance metadata service: " + silent.reason());
      }
    }
    Answered answered = (Answered) answer;
    if (answered.status() != 200 || !answered.body().matches("[A-Za-z0-9+/=_-]{1,256}")) {
      return new Refused(
          "the instance metadata service answered HTTP "
              + answered.status()
              + " and no session token");
    }
    return new Granted(new InstanceMetadata(service, base, answered.body()));
  }

  private static MetadataAnswer token(MetadataService service, String base) {
    return service.send(
        MetadataRequest.put(base + "/latest/api/token")
            .header("X-aws-ec2-metadata-token-ttl-seconds", "60"));
  }

  /**
   * One document.
   *
   * @param path such as {@code /latest/meta-data/placement/region}
   */
  public MetadataAnswer get(String path) {
    return service.send(MetadataRequest.get(base + path).header("X-aws-ec2-metadata-token", token));
  }
}
