package dev.enclave.core.internal.config;

import dev.enclave.core.internal.config.Configuration.Entry;
import dev.enclave.internal.Quoted;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A value that is not in force, because it is less strict than that of an earlier source, or
 * another where what was stated stays.
 *
 * @param name the setting
 * @param entry the ignored value and its source
 * @param ordered whether one value can be stricter than another
 * @param stricter every value that it is less strict than, and that may not be lowered by it
 */
public record IgnoredLowering(String name, Entry entry, boolean ordered, List<Stricter> stricter) {

  /**
   * A value that stands.
   *
   * @param entry the value and its source
   * @param place where an acknowledgement would be set
   * @param sameSource whether the ignored value is of the same source
   */
  record Stricter(Entry entry, String place, boolean sameSource) {}

  public IgnoredLowering {
    stricter = List.copyOf(stricter);
  }

  /** What was seen, without a stop. */
  public String observed() {
    return Configuration.stated(name, entry.value(), entry.source())
        + " and is ignored, since it "
        + (ordered ? "is less strict than " : "would replace ")
        + stricter.stream()
            .map(
                s ->
                    Quoted.of(Configuration.redacted(s.entry().value()))
                        + " ("
                        + s.entry().source()
                        + ")")
            .distinct()
            .collect(Collectors.joining(" and "));
  }

  /** What to do, without a stop. */
  public String fix() {
    if (stricter.stream().anyMatch(Stricter::sameSource)) {
      return "state the setting once on the " + stricter.get(0).place();
    }
    return "remove it, or, if it is meant, add "
        + name
        + " to "
        + Settings.MAY_BE_LOWERED
        + " in "
        + stricter.stream().map(Stricter::place).distinct().collect(Collectors.joining(" and "));
  }
}
