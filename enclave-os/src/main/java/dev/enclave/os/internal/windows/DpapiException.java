package dev.enclave.os.internal.windows;

/** What Windows answered instead of doing it. */
final class DpapiException extends Exception {

  private static final long serialVersionUID = 1L;

  /** {@code ERROR_INVALID_DATA}: the blob or the entropy is not what it was. */
  public static final int INVALID_DATA = 13;

  /** {@code NTE_BAD_KEY_STATE}: it was protected for another user, or the user's keys are lost. */
  public static final int BAD_KEY_STATE = 0x8009000B;

  private final int code;

  DpapiException(int code) {
    super("DPAPI answered with error 0x" + Integer.toHexString(code));
    this.code = code;
  }

  /** Windows' error code, as GetLastError has it. */
  public int code() {
    return code;
  }
}
