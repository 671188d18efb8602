package dev.enclave.cryptoki;

import dev.enclave.cryptoki.internal.texts.Texts;

/** A function did not return CKR_OK. The message has nothing of what it was called with. */
public final class CryptokiException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String function;
  private final long code;

  CryptokiException(String function, long code) {
    super(Texts.RETURNED.with(function, nameOf(code), Long.toHexString(code)));
    this.function = function;
    this.code = code;
  }

  /** Returns the standard's name of the function, such as {@code C_Login}. */
  public String function() {
    return function;
  }

  /** Returns the return value as a number. */
  public long code() {
    return code;
  }

  /**
   * Returns the name of the return value in PKCS#11 3.2, such as {@code CKR_PIN_INCORRECT}, or
   * {@code CKR_OTHER} where it has none.
   */
  public String name() {
    return nameOf(code);
  }

  static String nameOf(long code) {
    // Of those that a function returns that is called here.
    String table =
        """
        0 OK 1 CANCEL 2 HOST_MEMORY 3 SLOT_ID_INVALID 5 GENERAL_ERROR 6 FUNCTION_FAILED
        7 ARGUMENTS_BAD 9 NEED_TO_CREATE_THREADS a CANT_LOCK 10 ATTRIBUTE_READ_ONLY
        11 ATTRIBUTE_SENSITIVE 12 ATTRIBUTE_TYPE_INVALID 13 ATTRIBUTE_VALUE_INVALID
        1b ACTION_PROHIBITED 20 DATA_INVALID 21 DATA_LEN_RANGE 30 DEVICE_ERROR 31 DEVICE_MEMORY
        32 DEVICE_REMOVED 40 ENCRYPTED_DATA_INVALID 41 ENCRYPTED_DATA_LEN_RANGE
        42 AEAD_DECRYPT_FAILED 50 FUNCTION_CANCELED 54 FUNCTION_NOT_SUPPORTED 60 KEY_HANDLE_INVALID
        62 KEY_SIZE_RANGE 63 KEY_TYPE_INCONSISTENT 68 KEY_FUNCTION_NOT_PERMITTED
        69 KEY_NOT_WRAPPABLE 6a KEY_UNEXTRACTABLE 70 MECHANISM_INVALID 71 MECHANISM_PARAM_INVALID
        82 OBJECT_HANDLE_INVALID 90 OPERATION_ACTIVE 91 OPERATION_NOT_INITIALIZED a0 PIN_INCORRECT
        a1 PIN_INVALID a2 PIN_LEN_RANGE a3 PIN_EXPIRED a4 PIN_LOCKED b0 SESSION_CLOSED
        b1 SESSION_COUNT b3 SESSION_HANDLE_INVALID b5 SESSION_READ_ONLY b7 SESSION_READ_ONLY_EXISTS
        b8 SESSION_READ_WRITE_SO_EXISTS d0 TEMPLATE_INCOMPLETE d1 TEMPLATE_INCONSISTENT
        e0 TOKEN_NOT_PRESENT e1 TOKEN_NOT_RECOGNIZED e2 TOKEN_WRITE_PROTECTED
        f0 UNWRAPPING_KEY_HANDLE_INVALID f1 UNWRAPPING_KEY_SIZE_RANGE
        f2 UNWRAPPING_KEY_TYPE_INCONSISTENT 100 USER_ALREADY_LOGGED_IN 101 USER_NOT_LOGGED_IN
        102 USER_PIN_NOT_INITIALIZED 103 USER_TYPE_INVALID 104 USER_ANOTHER_ALREADY_LOGGED_IN
        105 USER_TOO_MANY_TYPES 110 WRAPPED_KEY_INVALID 112 WRAPPED_KEY_LEN_RANGE
        113 WRAPPING_KEY_HANDLE_INVALID 114 WRAPPING_KEY_SIZE_RANGE
        115 WRAPPING_KEY_TYPE_INCONSISTENT 121 RANDOM_NO_RNG 130 DOMAIN_PARAMS_INVALID
        140 CURVE_NOT_SUPPORTED 150 BUFFER_TOO_SMALL 190 CRYPTOKI_NOT_INITIALIZED
        191 CRYPTOKI_ALREADY_INITIALIZED 1a0 MUTEX_BAD 1b6 FIPS_SELF_TEST_FAILED
        1b7 LIBRARY_LOAD_FAILED 1b8 PIN_TOO_WEAK 1b9 PUBLIC_KEY_INVALID 200 FUNCTION_REJECTED
        201 TOKEN_RESOURCE_EXCEEDED 203 KEY_EXHAUSTED 206 SEED_RANDOM_REQUIRED
        208 TOKEN_NOT_INITIALIZED 209 PARAMETER_SET_NOT_SUPPORTED
        """;
    return "CKR_" + LoadedLibrary.named(table, code, "OTHER");
  }
}
