package dev.enclave.cryptoki;

/**
 * A token (CK_TOKEN_INFO): its names without the blanks behind them, CKF_ of {@link Ck}, how many
 * sessions this process may have (0 is no limit) and has, -1 where that is not told, and how many
 * bytes a PIN has.
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
    String firmwareVersion) {}
