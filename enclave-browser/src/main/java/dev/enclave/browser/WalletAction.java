package dev.enclave.browser;

import java.util.Locale;
import java.util.Optional;

/** What a browser's wallet asks of the server. */
public enum WalletAction {
  /** The wallet's first public key becomes known. */
  REGISTER,
  /** The user confirmed a text. */
  SIGN,
  /** Another key takes the place of the one that signs. */
  ROTATE,
  /** The key that signs is to count no more. */
  REVOKE;

  /** As the signed text spells it. */
  public String spelled() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The action spelled so. */
  static Optional<WalletAction> parse(String text) {
    for (WalletAction action : values()) {
      if (action.spelled().equals(text)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
