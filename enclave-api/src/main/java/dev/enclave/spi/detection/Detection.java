package dev.enclave.spi.detection;

import dev.enclave.internal.texts.Texts;
import java.util.ArrayList;
import java.util.List;

/** What a detector, or a backend about itself, says of the environment. */
public sealed interface Detection {

  /**
   * It is here.
   *
   * @param evidence what was seen, one fact a line, without secret values
   */
  record Present(List<String> evidence) implements Detection {
    public Present {
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * It is not here.
   *
   * @param reason what was looked for and not seen
   */
  record Absent(String reason) implements Detection {}

  /**
   * It may be here.
   *
   * @param reason what is contradictory or could not be read
   */
  record Inconclusive(String reason) implements Detection {}

  /** Present, by these facts. */
  static Detection present(String... evidence) {
    return new Present(List.of(evidence));
  }

  /**
   * By variables that a platform sets together: present if all are set, inconclusive if only some
   * are, since a platform's tools or a copied file may have set those. Names no value.
   */
  static Detection byVariables(EnvironmentSnapshot environment, String... together) {
    List<String> set = new ArrayList<>();
    List<String> unset = new ArrayList<>();
    for (String name : together) {
      (environment.variable(name).isPresent() ? set : unset).add(name);
    }
    if (unset.isEmpty()) {
      List<String> evidence = new ArrayList<>();
      for (String name : set) {
        evidence.add(Texts.IS_SET.with(name));
      }
      return new Present(evidence);
    }
    return set.isEmpty()
        ? new Absent(Texts.NOT_SET.with(String.join(", ", unset)))
        : new Inconclusive(
            Texts.SET_IN_PART.with(String.join(", ", set), String.join(", ", unset)));
  }
}
