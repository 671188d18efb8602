package dev.enclave.gcp.internal.credentials;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of credentials as gcloud writes it.
 *
 * @param path where it is
 * @param fields what it says
 */
record CredentialsFile(String path, Map<String, String> fields) {

  private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9.:-]{0,62}");

  private static final Pattern TYPE = Pattern.compile("[a-z][a-z_]{0,39}");

  /** What such a file can be. */
  enum Kind {
    /** A service account's private key: long-lived. */
    SERVICE_ACCOUNT("service_account"),
    /** A person's, by {@code gcloud auth application-default login}. */
    USER("authorized_user"),
    /** Workload identity federation: no secret in it. */
    EXTERNAL("external_account"),
    /** A login of a person who acts as a service account. */
    IMPERSONATED("impersonated_service_account"),
    OTHER("");

    private final String type;

    Kind(String type) {
      this.type = type;
    }
  }

  Kind kind() {
    String type = get("type").orElse("");
    for (Kind kind : Kind.values()) {
      if (kind.type.equals(type)) {
        return kind;
      }
    }
    return Kind.OTHER;
  }

  /**
   * The project that calls with these credentials are to count for ({@code quota_project_id}).
   *
   * @param namedBy who named the file, for the error
   * @throws BackendFailure where it is none that a header could carry
   */
  Optional<String> quotaProject(String namedBy) throws BackendFailure {
    Optional<String> project = get("quota_project_id");
    if (project.filter(id -> !PROJECT.matcher(id).matches()).isPresent()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          namedBy + " names " + path + ", whose quota_project_id is no id of a project.",
          "Set it anew by gcloud auth" + " application-default set-quota-project.");
    }
    return project;
  }

  /** Whether there is an object of this name. */
  boolean has(String object) {
    return fields.keySet().stream().anyMatch(name -> name.startsWith(object + "."));
  }

  Optional<String> get(String field) {
    return Optional.ofNullable(fields.get(field)).filter(text -> !text.isEmpty());
  }

  /** The type that it says, where that is the name of one. */
  Optional<String> type() {
    return get("type").filter(type -> TYPE.matcher(type).matches());
  }

  /** As messages name it. */
  String named() {
    return "credentials file " + path;
  }

  /** What it says does not do for workload identity federation. */
  BackendFailure misconfigured(String observed) {
    return BackendFailure.permanent(
        FailureCode.MISCONFIGURED,
        "Of " + named() + ": " + observed + ".",
        "Write it anew by gcloud iam workload-identity-pools create-cred-config.");
  }

  /** The path alone. */
  @Override
  public String toString() {
    return "CredentialsFile[" + path + "]";
  }
}
