package dev.enclave.pkcs11.internal.calls;

import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.spi.FailureClass;
import java.util.Set;

/** What the return values of PKCS#11 mean. */
final class TokenErrors {

  private static final ErrorTable TABLE =
      ErrorTable.of(
          """
          GONE transient UNAVAILABLE: CKR_DEVICE_REMOVED CKR_TOKEN_NOT_PRESENT CKR_SLOT_ID_INVALID
            Plug the token in, or look at the network and the daemon by which the library reaches it.
          SESSIONS throttled THROTTLED: CKR_SESSION_COUNT CKR_TOKEN_RESOURCE_EXCEEDED
            The token has no more sessions. Lower enclave.pkcs11.sessions, or end what else uses it.
          SESSION_LOST transient UNAVAILABLE: CKR_SESSION_HANDLE_INVALID CKR_SESSION_CLOSED
            Something ended the session. If it lasts, look for another part of this process that
            closes all sessions.
          NOT_INITIALISED transient UNAVAILABLE: CKR_CRYPTOKI_NOT_INITIALIZED
            Another part of this process finalised the library. Restart the process.
          LOGGED_OUT transient UNAVAILABLE: CKR_USER_NOT_LOGGED_IN
            Something logged out at once again. Look for another part of this process that does.
          ANOTHER_USER permanent MISCONFIGURED: CKR_USER_ANOTHER_ALREADY_LOGGED_IN
            Another part of this process is logged in as the security officer. Restart the process.
          MEMORY transient LOCAL_LOAD: CKR_HOST_MEMORY
            The library's daemon does not run (of openCryptoki pkcsslotd), the resource manager of a
            TPM is missing (tpm2-abrmd), or this machine has no memory left.
          FULL permanent LIMIT_EXCEEDED: CKR_DEVICE_MEMORY
            The token is full. Destroy keys that nobody needs.
          SERVICE ambiguous UNAVAILABLE: CKR_DEVICE_ERROR CKR_GENERAL_ERROR CKR_FUNCTION_FAILED other
            The token or its library failed. If it lasts, look at their logs.
          PROTECTED permanent ACCESS_DENIED: CKR_TOKEN_WRITE_PROTECTED CKR_SESSION_READ_ONLY
            The token can only be read. Take its write protection away.
          FORBIDDEN permanent ACCESS_DENIED: CKR_ACTION_PROHIBITED CKR_ATTRIBUTE_READ_ONLY
            The token's policy forbids it.
          OFF permanent INVALID_STATE: CKR_KEY_FUNCTION_NOT_PERMITTED
            The key is switched off, or was made for something else.
          UNKNOWN permanent NOT_FOUND: CKR_KEY_HANDLE_INVALID CKR_OBJECT_HANDLE_INVALID
            The key was destroyed.
          UNSUPPORTED permanent UNSUPPORTED: CKR_MECHANISM_INVALID CKR_MECHANISM_PARAM_INVALID CKR_KEY_TYPE_INCONSISTENT CKR_KEY_SIZE_RANGE CKR_FUNCTION_NOT_SUPPORTED CKR_CURVE_NOT_SUPPORTED
            The token does not do that.
          WRONG permanent REJECTED: CKR_ARGUMENTS_BAD CKR_ATTRIBUTE_TYPE_INVALID CKR_ATTRIBUTE_VALUE_INVALID CKR_TEMPLATE_INCOMPLETE CKR_TEMPLATE_INCONSISTENT CKR_DATA_INVALID CKR_DATA_LEN_RANGE CKR_DOMAIN_PARAMS_INVALID
            The token does not take it in this form. Report that, with the token's maker and model.
          """);

  private static final Set<String> OPENS = Set.of("C_OpenSession", "C_Login", "C_GetTokenInfo");

  private static final Set<String> READS =
      Set.of("C_FindObjectsInit", "C_FindObjects", "C_GetAttributeValue");

  private TokenErrors() {}

  static ErrorRule of(CryptokiException e) {
    return TABLE.find(e.name()).or(() -> TABLE.find("other")).orElseThrow();
  }

  /** The same, where an earlier function of a change may have changed something. */
  static ErrorRule of(CryptokiException e, boolean changes) {
    ErrorRule rule = of(e);
    boolean open = changes && !reads(e) && rule.failureClass(true) == FailureClass.TRANSIENT;
    return open ? TABLE.rule("SERVICE").advising(rule.advice()) : rule;
  }

  /** Whether a function failed that comes before all that changes something. */
  static boolean reads(CryptokiException e) {
    return opens(e) || READS.contains(e.function());
  }

  /** Whether no session came to be. */
  static boolean opens(CryptokiException e) {
    return OPENS.contains(e.function());
  }
}
