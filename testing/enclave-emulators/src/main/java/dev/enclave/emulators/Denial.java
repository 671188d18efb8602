package dev.enclave.emulators;

import java.util.Objects;

/**
 * Something that a principal may not do, as an identity policy with an explicit deny would say it.
 * In each part {@code *} stands for any characters.
 *
 * @param principal the ARN of a user or role, or of a role's session
 * @param action such as {@code kms:Sign} or {@code kms:*}
 * @param resource the ARN of a key or alias; {@code *} also for what concerns neither
 */
public record Denial(String principal, String action, String resource) {

  public Denial {
    Objects.requireNonNull(principal);
    Objects.requireNonNull(action);
    Objects.requireNonNull(resource);
  }

  /** Nobody may do {@code action}. */
  public static Denial of(String action) {
    return new Denial("*", action, "*");
  }
}
