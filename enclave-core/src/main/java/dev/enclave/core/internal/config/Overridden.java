package dev.enclave.core.internal.config;

import dev.enclave.core.internal.texts.Texts;
import java.util.List;

/**
 * A setting of which several sources state different values; names of sources alone, since the
 * values may be secret.
 *
 * @param name the setting
 * @param winning the source of the value in force
 * @param losing the sources of the others, without those whose value is {@link IgnoredLowering}
 */
public record Overridden(String name, String winning, List<String> losing) {

  public Overridden {
    losing = List.copyOf(losing);
  }

  /** Which source wins over which, without a stop. */
  public String observed() {
    return Texts.OVERRIDES.with(winning, String.join(", ", losing));
  }
}
