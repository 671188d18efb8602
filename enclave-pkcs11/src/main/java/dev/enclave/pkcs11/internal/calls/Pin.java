package dev.enclave.pkcs11.internal.calls;

import static dev.enclave.pkcs11.internal.calls.Token.is;

import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.Session;
import dev.enclave.cryptoki.TokenInfo;
import dev.enclave.pkcs11.internal.settings.Pkcs11Settings;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The PIN of a token. Once one was refused none is sent to that token again by this process, nor is
 * one that may be the last the token takes: tokens lock themselves, and some destroy their keys.
 */
final class Pin {

  /**
   * What this process has seen, by the tokens' authorities: an application that opens a backend
   * again and again would use up the tries.
   */
  private static final Map<String, Seen> SEEN = new ConcurrentHashMap<>();

  /** Its monitor is held while a PIN is sent, or two backends would send the same wrong one. */
  private static final class Seen {
    private boolean refused;
  }

  private static final Set<String> REFUSED =
      Set.of(
          "CKR_PIN_INCORRECT",
          "CKR_PIN_INVALID",
          "CKR_PIN_LEN_RANGE",
          "CKR_PIN_EXPIRED",
          "CKR_PIN_LOCKED");

  /** Asks the token how it is. */
  @FunctionalInterface
  interface State {
    TokenInfo now() throws CryptokiException;
  }

  private final Pkcs11Settings settings;
  private final Seen seen;

  Pin(Pkcs11Settings settings, String authority) {
    this.settings = settings;
    this.seen = SEEN.computeIfAbsent(authority, unused -> new Seen());
  }

  /** Logs in, unless somebody of this process has. */
  void logIn(Session session, State token) throws CryptokiException, BackendFailure {
    synchronized (seen) {
      TokenInfo now = token.now();
      if (!is(now, Ck.CKF_LOGIN_REQUIRED)) {
        return;
      }
      requireSendable(now);
      try {
        send(session, is(now, Ck.CKF_PROTECTED_AUTHENTICATION_PATH));
      } catch (CryptokiException e) {
        if (REFUSED.contains(e.name())) {
          seen.refused = true;
          throw refused(e, token.now());
        }
        if (!e.name().equals("CKR_USER_ALREADY_LOGGED_IN")) {
          throw e;
        }
      }
    }
  }

  private static BackendFailure refused(CryptokiException e, TokenInfo now) {
    if (e.name().equals("CKR_PIN_LOCKED") || is(now, Ck.CKF_USER_PIN_LOCKED)) {
      return Texts.PIN_LOCKED_NOW.permanent(
          FailureCode.MISCONFIGURED, Token.said(e), Texts.LEFT_NONE.with());
    }
    if (e.name().equals("CKR_PIN_EXPIRED")) {
      return Texts.PIN_EXPIRED.permanent(FailureCode.MISCONFIGURED, Token.said(e), left(now));
    }
    return Texts.PIN_REFUSED.permanent(FailureCode.MISCONFIGURED, Token.said(e), left(now));
  }

  /** Refuses to send one that would cost something. */
  void requireSendable(TokenInfo now) throws BackendFailure {
    if (seen.refused) {
      throw Texts.PIN_WAS_REFUSED.permanent(FailureCode.MISCONFIGURED, left(now));
    }
    if (is(now, Ck.CKF_USER_PIN_LOCKED)) {
      throw Texts.PIN_LOCKED.permanent(FailureCode.MISCONFIGURED);
    }
    if (is(now, Ck.CKF_USER_PIN_FINAL_TRY)) {
      throw Texts.PIN_FINAL_TRY.permanent(FailureCode.MISCONFIGURED);
    }
    if (!is(now, Ck.CKF_USER_PIN_INITIALIZED)) {
      throw Texts.NO_USER_PIN.permanent(FailureCode.MISCONFIGURED);
    }
  }

  private void send(Session session, boolean asksItself) throws CryptokiException, BackendFailure {
    Optional<SecretBytes> pin = settings.pin().read();
    if (pin.isEmpty() && !asksItself) {
      throw Texts.NO_PIN.permanent(
          FailureCode.MISCONFIGURED, settings.section().fullName(Pkcs11Settings.PIN_FILE));
    }
    try (SecretBytes secret = pin.orElseGet(() -> SecretBytes.takeOver(new byte[0]))) {
      secret.<Integer, CryptokiException>use(
          bytes -> {
            session.login(Ck.CKU_USER, bytes);
            return bytes.length;
          });
    }
  }

  /** What the token tells of the tries that are left. */
  static String left(TokenInfo token) {
    if (is(token, Ck.CKF_USER_PIN_LOCKED)) {
      return Texts.LEFT_NONE.with();
    }
    if (is(token, Ck.CKF_USER_PIN_FINAL_TRY)) {
      return Texts.LEFT_ONE.with();
    }
    return is(token, Ck.CKF_USER_PIN_COUNT_LOW)
        ? Texts.LEFT_FEWER.with()
        : Texts.LEFT_UNTOLD.with();
  }
}
