package dev.enclave.core.internal.config;

import dev.enclave.core.internal.config.Configuration.Entry;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.internal.Quoted;
import java.util.List;
import java.util.function.Function;
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
  record Stricter(Entry entry, String place, boolean sameSource) {
    String shown() {
      return Quoted.of(Configuration.redacted(entry.value()));
    }
  }

  public IgnoredLowering {
    stricter = List.copyOf(stricter);
  }

  /** What was seen, without a stop. */
  public String observed() {
    String shown = each(s -> s.shown() + " (" + s.entry().source() + ")");
    return (ordered ? Texts.IGNORED_AS_LESS_STRICT : Texts.IGNORED_AS_REPLACING)
        .with(Configuration.stated(name, entry.value(), entry.source()), shown);
  }

  /** What to do, without a stop. */
  public String fix() {
    if (stricter.stream().anyMatch(Stricter::sameSource)) {
      return Texts.STATE_ONCE.with(stricter.get(0).place());
    }
    return Texts.ALLOW_LOWERING.with(name, each(Stricter::place));
  }

  private String each(Function<Stricter, String> shown) {
    return stricter.stream().map(shown).distinct().collect(Collectors.joining(Texts.AND.with()));
  }
}
