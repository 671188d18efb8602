package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import java.time.Instant;
import java.util.Optional;

/** What a request says about attributes; what it does not name is empty. */
public record AttributeChanges(
    Optional<Boolean> enabled, Optional<Long> notBefore, Optional<Long> expires) {

  /**
   * Reads {@code attributes} of a request. {@code exportable} and release policies are not served.
   */
  public static AttributeChanges read(Input request) {
    Optional<Input> attributes = request.object("attributes");
    if (request.has("release_policy")
        || attributes.flatMap(input -> input.flag("exportable")).orElse(false)) {
      throw AzureFailure.badParameter("Exportable keys and release policies are not served here.");
    }
    AttributeChanges changes =
        new AttributeChanges(
            attributes.flatMap(input -> input.flag("enabled")),
            attributes.flatMap(input -> input.integer("nbf")),
            attributes.flatMap(input -> input.integer("exp")));
    changes
        .notBefore
        .filter(start -> changes.expires.filter(end -> end <= start).isPresent())
        .ifPresent(
            start -> {
              throw AzureFailure.badParameter("The attribute exp must be after nbf.");
            });
    return changes;
  }

  public KeyAttributes asNew(Instant now) {
    return KeyAttributes.of(enabled.orElse(true), notBefore, expires, now);
  }
}
