package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import java.time.Instant;
import java.util.Optional;

/** What a request says about attributes; what it does not name is empty. */
public record AttributeChanges(
    Optional<Boolean> enabled,
    Optional<Long> notBefore,
    Optional<Long> expires,
    Optional<String> releasePolicy) {

  /**
   * Reads {@code attributes} and {@code release_policy} of a request. Create Key, KeyAttributes,
   * exportable: "Release policy must be provided when creating the first version of an exportable
   * key."
   */
  public static AttributeChanges read(Input request) {
    Optional<Input> attributes = request.object("attributes");
    boolean exportable = attributes.flatMap(input -> input.flag("exportable")).orElse(false);
    Optional<String> policy = request.object("release_policy").flatMap(input -> input.text("data"));
    if (exportable != policy.isPresent()) {
      throw AzureFailure.badParameter(
          "A key is exportable with a release policy, and has none if it is not.");
    }
    AttributeChanges changes =
        new AttributeChanges(
            attributes.flatMap(input -> input.flag("enabled")),
            attributes.flatMap(input -> input.integer("nbf")),
            attributes.flatMap(input -> input.integer("exp")),
            policy);
    changes
        .notBefore
        .filter(start -> changes.expires.filter(end -> end <= start).isPresent())
        .ifPresent(
            start -> {
              throw AzureFailure.badParameter("The attribute exp must be after nbf.");
            });
    return changes;
  }

  /** The same where release policies are not served: of an import, and of a key that is there. */
  public static AttributeChanges keeping(Input request) {
    AttributeChanges changes = read(request);
    if (changes.releasePolicy.isPresent()) {
      throw AzureFailure.badParameter("A release policy is served by Create Key alone.");
    }
    return changes;
  }

  public KeyAttributes asNew(Instant now) {
    return KeyAttributes.of(enabled.orElse(true), notBefore, expires, now).released(releasePolicy);
  }
}
