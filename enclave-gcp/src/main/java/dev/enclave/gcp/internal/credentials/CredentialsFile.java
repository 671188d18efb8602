package dev.enclave.gcp.internal.credentials;

import java.util.Map;
import java.util.Optional;

/**
 * A file of credentials as gcloud writes it.
 *
 * @param path where it is
 * @param fields what it says
 */
record CredentialsFile(String path, Map<String, String> fields) {

  /** What such a file can be. */
  enum Kind {
    /** A service account's private key: long-lived. */
    SERVICE_ACCOUNT("service_account"),
    /** A person's, by {@code gcloud auth application-default login}. */
    USER("authorized_user"),
    /** Workload identity federation: no secret in it. */
    EXTERNAL("external_account"),
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

  Optional<String> get(String field) {
    return Optional.ofNullable(fields.get(field)).filter(text -> !text.isEmpty());
  }

  /** The path alone. */
  @Override
  public String toString() {
    return "CredentialsFile[" + path + "]";
  }
}
