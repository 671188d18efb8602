package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.workload.JsonFields;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;

/** A token that the platform keeps in a file, read anew each time: it is replaced. */
record FileSubject(CredentialsFile file, EnvironmentSnapshot environment) implements SubjectTokens {

  @Override
  public Subject subject() throws BackendFailure {
    String path = file.get("credential_source.file").orElse("");
    Optional<String> text = environment.read(path).map(String::strip);
    Optional<String> field = file.get("credential_source.format.subject_token_field_name");
    Optional<String> token =
        field.isEmpty()
            ? text
            : text.map(JsonFields::of).map(fields -> fields.getOrDefault(field.get(), ""));
    return token
        .filter(t -> !t.isEmpty())
        .map(t -> new Subject(t, ""))
        .orElseThrow(
            () ->
                BackendFailure.transientFailure(
                    FailureCode.UNAVAILABLE,
                    "There is no token in " + path + ", which " + file.named() + " names.",
                    "See that the platform writes it."));
  }
}
