package dev.enclave.spi;

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
}
