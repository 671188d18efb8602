package dev.enclave.vault.internal.calls;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A token of Vault's.
 *
 * @param text never shown
 * @param issued when this process took it up
 */
public record VaultToken(String text, Instant issued) {

  /** A header can carry nothing else. */
  private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,16384}");

  /** The token that a text is, without white space around it; nothing if it could be no header. */
  public static Optional<VaultToken> of(String text, Instant issued) {
    return Optional.of(text.strip())
        .filter(FORM.asMatchPredicate())
        .map(token -> new VaultToken(token, issued));
  }

  /** When it was taken up alone. */
  @Override
  public String toString() {
    return "VaultToken[***, " + issued + "]";
  }
}
