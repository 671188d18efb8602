package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.util.Optional;

/**
 * EC2's instance metadata service, version 2 alone: a session token by PUT, then documents with it.
 * Always at its documented addresses, whatever AWS_EC2_METADATA_SERVICE_ENDPOINT says. ("Use the
 * Instance Metadata Service to access instance metadata", Amazon EC2 User Guide.)
 */
public final class InstanceMetadata {

  private static final String V4 = "http://169.254.169.254";

  /** For instances without IPv4; elsewhere there is no way to it, which shows at once. */
  private static final String V6 = "http://[fd00:ec2::254]";

  private final MetadataService service;
  private final String base;
  private final String token;

  private InstanceMetadata(MetadataService service, String base, String token) {
    this.service = service;
    this.base = base;
    this.token = token;
  }

  /**
   * A way to documents, or why there is none.
   *
   * @param session the way
   * @param garbled whether something else than a session token was given for one
   * @param reason what was observed, where there is no session
   */
  public record Access(Optional<InstanceMetadata> session, boolean garbled, String reason) {}

  /** Whether the operator has switched it off, by the variable all AWS SDKs know. */
  public static boolean switchedOff(EnvironmentSnapshot environment) {
    return environment.variable("AWS_EC2_METADATA_DISABLED").orElse("").equalsIgnoreCase("true");
  }

  /** Asks for a session, unless the operator has switched it off. */
  public static Access open(EnvironmentSnapshot environment, MetadataService service) {
    return switchedOff(environment)
        ? new Access(Optional.empty(), false, Texts.METADATA_DISABLED.with())
        : open(service);
  }

  /** Asks for a session. */
  public static Access open(MetadataService service) {
    String base = V4;
    MetadataAnswer answer = token(service, base);
    if (answer instanceof MetadataAnswer.Silent silent) {
      base = V6;
      answer = token(service, base);
      if (answer instanceof MetadataAnswer.Silent) {
        return new Access(Optional.empty(), false, silent.reason());
      }
    }
    Answered answered = (Answered) answer;
    if (answered.status() != 200) {
      return new Access(Optional.empty(), false, Texts.HTTP_FOR_SESSION.with(answered.status()));
    }
    return answered.body().matches("[A-Za-z0-9+/=_-]{1,256}")
        ? new Access(
            Optional.of(new InstanceMetadata(service, base, answered.body())),
            false,
            Texts.A_SESSION.with())
        : new Access(Optional.empty(), true, Texts.NO_SESSION.with());
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

  /** The Region as it says; nothing where it does not. */
  public Optional<String> region() {
    return get("/latest/meta-data/placement/region") instanceof Answered placement
            && placement.status() == 200
        ? Optional.of(placement.body().strip())
        : Optional.empty();
  }

  /**
   * The role of an EC2 instance profile.
   *
   * @param service to ask
   */
  public record Profile(MetadataService service)
      implements CredentialSource<AwsSecurityCredentials> {

    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    @Override
    public String named() {
      return Texts.INSTANCE_PROFILE.with();
    }

    /**
     * As AWS's SDKs do ("static stability"): while EC2 cannot renew credentials, AWS's services may
     * take those that have ended, so it is theirs to refuse them.
     */
    @Override
    public boolean untilRefused() {
      return true;
    }

    @Override
    public Expiring<AwsSecurityCredentials> fetch() throws BackendFailure {
      Access access = open(service);
      InstanceMetadata metadata =
          access
              .session()
              .orElseThrow(() -> none(Texts.METADATA_SERVICE_SAID.with(access.reason())));
      Answered roles = document(metadata, ROLES);
      if (roles.status() == 404) {
        throw Texts.NO_INSTANCE_PROFILE.permanent(FailureCode.MISCONFIGURED);
      }
      String role = roles.body().strip();
      if (roles.status() != 200 || !role.matches("[\\w+=,.@-]{1,64}")) {
        throw none(Texts.ROLE_NOT_NAMED.with());
      }
      return Optional.of(document(metadata, ROLES + role))
          .filter(document -> document.status() == 200)
          .flatMap(document -> AwsSecurityCredentials.parse(document.body()))
          .orElseThrow(() -> none(Texts.INSTANCE_NO_CREDENTIALS.with()));
    }

    private static Answered document(InstanceMetadata metadata, String path) throws BackendFailure {
      MetadataAnswer answer = metadata.get(path);
      if (answer instanceof MetadataAnswer.Silent silent) {
        throw none(Texts.METADATA_SERVICE_SAID.with(silent.reason()));
      }
      return (Answered) answer;
    }

    private static BackendFailure none(String observed) {
      return Texts.NO_CREDENTIALS_OF_INSTANCE.transientFailure(FailureCode.UNAVAILABLE, observed);
    }
  }
}
