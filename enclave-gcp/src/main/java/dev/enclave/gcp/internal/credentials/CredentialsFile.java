package dev.enclave.gcp.internal.credentials;

import static dev.enclave.kit.Failures.misconfigured;

import dev.enclave.spi.BackendFailure;
import java.util.Map;
import java.util.Optional;

/**
 * A file of credentials as gcloud writes it.
 *
 * @param path where it is
 * @param fields what it says
 */
record CredentialsFile(String path, Map<String, String> fields) {

  /**
   * The project that calls with these credentials are to count for ({@code quota_project_id}).
   *
   * @param namedBy who named the file, for the error
   * @throws BackendFailure where it is none that a header could carry
   */
  Optional<String> quotaProject(String namedBy) throws BackendFailure {
    Optional<String> project = get("quota_project_id");
    if (project.filter(id -> !id.matches("[a-z0-9][a-z0-9.:-]{0,62}")).isPresent()) {
      throw misconfigured(
          namedBy + " names " + path + ", whose quota_project_id is no id of a project.",
          "Set it anew by gcloud auth application-default set-quota-project.");
    }
    return project;
  }

  Optional<String> get(String field) {
    return Optional.ofNullable(fields.get(field)).filter(text -> !text.isEmpty());
  }

  /** What it says of where the workload's identity is. */
  Optional<String> source(String field) {
    return get("credential_source." + field);
  }

  /**
   * What federation cannot do without.
   *
   * @throws BackendFailure where it is not there
   */
  String required(String field) throws BackendFailure {
    return get(field).orElseThrow(() -> unfit("it lacks " + field));
  }

  /**
   * Takes one value alone, of Google's or AWS's own.
   *
   * @throws BackendFailure where it is another
   */
  void require(String field, String value) throws BackendFailure {
    if (!get(field).orElse("").equals(value)) {
      throw unfit("its " + field.replace("credential_source.", "") + " is not " + value);
    }
  }

  /** As messages name it. */
  String named() {
    return "credentials file " + path;
  }

  /** What it says does not do for workload identity federation. */
  BackendFailure unfit(String observed) {
    return misconfigured(
        "Of " + named() + ": " + observed + ".",
        "Write it anew by gcloud iam workload-identity-pools create-cred-config.");
  }

  /** The path alone. */
  @Override
  public String toString() {
    return "CredentialsFile[" + path + "]";
  }
}
