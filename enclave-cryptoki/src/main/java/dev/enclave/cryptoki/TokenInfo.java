package dev.enclave.cryptoki;

import java.util.stream.LongStream;

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
    String firmwareVersion) {

  static TokenInfo of(Layout.Reader in) {
    String[] names = {in.text(32), in.text(32), in.text(16), in.text(16)};
    // The last four, of its memory, nobody asks for.
    long[] n = LongStream.generate(in::ulong).limit(11).toArray();
    return new TokenInfo(
        names[0],
        names[1],
        names[2],
        names[3],
        n[0],
        n[1],
        n[2],
        n[3],
        n[4],
        n[5],
        n[6],
        in.version(),
        in.version());
  }
}
