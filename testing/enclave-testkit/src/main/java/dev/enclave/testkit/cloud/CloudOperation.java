package dev.enclave.testkit.cloud;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be asked of a cloud-shaped backend, for {@link FaultScript}. */
public enum CloudOperation {
  LOAD(false),
  LIST(false),
  ADOPT(false),
  HEALTH(false),
  CREATE(true),
  PREPARE(true),
  ACTIVATE(true),
  CHANGE_STATE(true),
  CHANGE_INTERVAL(true),
  SIGN(true),
  WRAP(true),
  UNWRAP(true);

  private final boolean effect;

  CloudOperation(boolean effect) {
    this.effect = effect;
  }

  /** The permission that the service asks for, such as {@code cloud:ChangeState}. */
  public String permission() {
    return Arrays.stream(name().split("_", -1))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining("", "cloud:", ""));
  }

  /** Whether a lost answer leaves it open if something happened; a lost read is just repeated. */
  boolean hasEffect() {
    return effect;
  }
}
