package dev.enclave.cryptoki;

/**
 * A token (CK_TOKEN_INFO): its names without the blanks behind them, CKF_ of {@link Ck}, how many
 * sessions this process may have and has (0 is no limit, -1 unknown), how long a PIN is in bytes,
 * and its versions.
 */
public record TokenInfo(
    String label,
    String manufacturer,
    String model,
    String serialNumber,
    long flags,
    long maxSessionCount,
    long sessionCount,
    long maxRwSessionCount,
    long rwSessionCount,
    long maxPinLength,
    long minPinLength,
    String hardwareVersion,
    String firmwareVersion) {

  static TokenInfo of(Layout.Reader in) {
    return new TokenInfo(
        in.text(32),
        in.text(32),
        in.text(16),
        in.text(16),
        in.ulong(),
        in.ulong(),
        in.ulong(),
        in.ulong(),
        in.ulong(),
        in.ulong(),
        in.ulong(),
        skipMemory(in).version(),
        in.version());
  }

  /** Four numbers: memory for public and for private objects, all and what is free. */
  private static Layout.Reader skipMemory(Layout.Reader in) {
    for (int i = 0; i < 4; i++) {
      in.ulong();
    }
    return in;
  }

  /** Returns whether the token has a flag, such as {@link Ck#CKF_LOGIN_REQUIRED}. */
  public boolean is(long flag) {
    return (flags & flag) != 0;
  }
}
