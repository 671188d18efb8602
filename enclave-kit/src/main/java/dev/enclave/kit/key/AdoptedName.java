package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.List;
import java.util.Optional;

/**
 * The name of a key that something else made, as an operator writes it: the service's own, and
 * after a {@code #} the algorithm, for a key that can be used in several ways. Immutable.
 *
 * @param uri the service's own
 * @param given the algorithm
 */
public record AdoptedName(String uri, Optional<String> given) {

  /** Reads it; nothing if what is after the {@code #} is no algorithm's name by its form. */
  public static Optional<AdoptedName> parse(String text) {
    String[] parts = text.split("#", 2);
    if (parts.length == 1) {
      return Optional.of(new AdoptedName(text, Optional.empty()));
    }
    return parts[1].matches("[A-Z0-9_]{1,64}")
        ? Optional.of(new AdoptedName(parts[0], Optional.of(parts[1])))
        : Optional.empty();
  }

  /**
   * What the operator says, else what the key's tags say, else the only thing it can be.
   *
   * @param choices what a key of its kind can be used as
   * @param told by its tags, if they can be read
   * @param kind as the service names it
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} where it cannot be that, or can be
   *     several
   */
  public KeyAlgorithm algorithm(
      List<KeyAlgorithm> choices, Optional<KeyAlgorithm> told, String kind) throws BackendFailure {
    if (given.isPresent()) {
      return choices.stream()
          .filter(choice -> choice.name().equals(given.get()))
          .findFirst()
          .orElseThrow(() -> otherAlgorithm(known(given.get()), choices));
    }
    if (told.filter(choices::contains).isPresent()) {
      return told.get();
    }
    if (choices.isEmpty()) {
      throw otherAlgorithm(kind, choices);
    }
    if (choices.size() > 1) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "A key of this kind can be used in several ways and does not say in which. Add one of"
              + " them to its name, after a #: "
              + choices
              + ".");
    }
    return choices.get(0);
  }

  /** What is no algorithm's name may be anything, and is not shown. */
  private static String known(String given) {
    return KeyAlgorithm.all().stream()
        .map(KeyAlgorithm::name)
        .filter(given::equals)
        .findFirst()
        .orElse("what is after its #");
  }

  private static BackendFailure otherAlgorithm(String given, List<KeyAlgorithm> choices) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "The key cannot be used as "
            + given
            + ". "
            + (choices.isEmpty()
                ? "Enclave has no algorithm for keys of its kind."
                : "Use one of " + choices + "."));
  }
}
