package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.backup.DerivationCost;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** Keys from passwords. */
public final class PasswordKey {

  private static final int LENGTH = 32;
  private static final int MOST_LANES = 16;

  private PasswordKey() {}

  /**
   * Argon2id version 1.3 (RFC 9106 §3), 32 bytes, without secret or associated data. The caller
   * closes the result. What it costs is bounded, since parameters usually lie in a file that
   * nothing authenticates before: 64 MiB, and as many passes as take about two seconds.
   *
   * @param password not empty
   * @param salt 8 to 64 bytes; 16 random ones are right
   * @param memoryKib from 8 for each lane to 65,536 KiB
   * @param iterations passes over the memory: 1 to 100, and with {@code memoryKib} multiplied at
   *     most 983,040
   * @param parallelism lanes, 1 to 16; they shape the result and are computed one after another
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when a parameter is out of its
   *     range
   */
  public static SecretBytes argon2id(
      SecretBytes password, Bytes salt, int memoryKib, int iterations, int parallelism) {
    requireRange(Texts.PASSWORD_LENGTH.with(), password.size(), 1, 4096);
    requireRange(Texts.SALT_LENGTH.with(), salt.size(), 8, 64);
    requireAffordable(memoryKib, iterations, parallelism);
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withSalt(salt.toByteArray())
            .withMemoryAsKB(memoryKib)
            .withIterations(iterations)
            .withParallelism(parallelism)
            .build());
    byte[] key = new byte[LENGTH];
    password.use(typed -> generator.generateBytes(typed, key));
    return SecretBytes.takeOver(key);
  }

  /**
   * Holds parameters for {@link #argon2id} against their ranges, before any work.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when one is out of its range
   */
  public static void requireAffordable(int memoryKib, int iterations, int parallelism) {
    requireRange("parallelism", parallelism, 1, MOST_LANES);
    requireRange(
        Texts.MEMORY.with(), memoryKib, 8 * parallelism, DerivationCost.MOST_ARGON2_MEMORY_KIB);
    requireRange(
        Texts.ITERATIONS.with(memoryKib),
        iterations,
        1,
        DerivationCost.mostArgon2Passes(memoryKib));
  }

  private static void requireRange(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw Texts.ARGON_PARAMETER.as(ErrorCode.INVALID_ARGUMENT, what, value, least, most);
    }
  }
}
