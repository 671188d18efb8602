package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataService;

/** The role of an EC2 instance profile, by the instance metadata service. */
public final class InstanceSource implements CredentialSource<AwsSecurityCredentials> {

  private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

  private final MetadataService service;

  public InstanceSource(MetadataService service) {
    this.service = service;
  }

  @Override
  public String named() {
    return "the EC2 instance profile";
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
    InstanceMetadata.Access access = InstanceMetadata.open(service);
    if (access instanceof InstanceMetadata.Refused refused) {
      throw unavailable(refused.reason());
    }
    return fetch(((InstanceMetadata.Granted) access).metadata());
  }

  private static Expiring<AwsSecurityCredentials> fetch(InstanceMetadata metadata)
      throws BackendFailure {
    if (!(metadata.get(ROLES) instanceof Answered roles)) {
      throw unavailable("the instance metadata service does not name the instance's role");
    }
    if (roles.status() == 404) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "The EC2 instance has no instance profile.",
          "Attach one with a role that may use the" + " keys.");
    }
    String role = roles.body().strip();
    if (roles.status() != 200 || !role.matches("[\\w+=,.@-]{1,64}")) {
      throw unavailable("the instance metadata service does not name the instance's role");
    }
    MetadataAnswer answer = metadata.get(ROLES + role);
    if (answer instanceof Answered document && document.status() == 200) {
      return CredentialDocument.parse(document.body())
          .orElseThrow(() -> unavailable("what it hands out are no credentials"));
    }
    throw unavailable("the instance metadata service hands out no credentials");
  }

  private static BackendFailure unavailable(String observed) {
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "No credentials of the EC2 instance profile: " + observed + ".",
        "Allow the metadata service, version 2; in a container it needs a hop limit of 2.");
  }
}
