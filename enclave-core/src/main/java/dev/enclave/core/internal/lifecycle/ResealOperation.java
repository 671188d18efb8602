package dev.enclave.core.internal.lifecycle;

import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.Resealer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All keys of a backend are sealed anew, under another passphrase or none. */
final class ResealOperation implements KeyOperation<ResealOperation.Prepared, Boolean> {

  /** Every file is written anew: ten thousand keys take a minute or two. */
  private static final Duration RESEAL_WITHIN = Duration.ofMinutes(15);

  private static final int LONGEST_PASSPHRASE = 4096;

  private final char @Nullable [] passphrase;

  /** Under none. */
  ResealOperation() {
    this.passphrase = null;
  }

  /** Under another. */
  ResealOperation(char[] passphrase) {
    this.passphrase = passphrase;
  }

  /**
   * What may begin.
   *
   * @param resealer the backend
   * @param passphrase in UTF-8; none for none
   */
  record Prepared(Resealer resealer, Optional<SecretBytes> passphrase) {}

  @Override
  public Operation kind() {
    return Operation.RESEAL;
  }

  @Override
  public Duration within() {
    return RESEAL_WITHIN;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    Resealer resealer =
        run.backend().capability(Resealer.class, "seal its keys under another passphrase");
    Optional<SecretBytes> given = Optional.ofNullable(passphrase).map(ResealOperation::utf8);
    given.ifPresent(secret -> run.atEnd(secret::close));
    return new Prepared(resealer, given);
  }

  @Override
  public Boolean carryOut(Prepared prepared, OperationRun run) {
    run.change(
        "reseal the keys",
        call -> {
          prepared.resealer().reseal(prepared.passphrase(), call);
          return true;
        });
    run.details(Map.of("protection", prepared.passphrase().isPresent() ? "PASSPHRASE" : "NONE"));
    return true;
  }

  private static SecretBytes utf8(char[] passphrase) {
    ByteBuffer encoded = ByteBuffer.allocate(LONGEST_PASSPHRASE);
    CoderResult result =
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(passphrase), encoded, true);
    byte[] exact = Arrays.copyOf(encoded.array(), encoded.position());
    Arrays.fill(encoded.array(), (byte) 0);
    if (!result.isUnderflow() || exact.length == 0) {
      Arrays.fill(exact, (byte) 0);
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "The new passphrase is empty, too long or no Unicode text. Give one of 1 to 4096 bytes in"
              + " UTF-8.");
    }
    return SecretBytes.takeOver(exact);
  }
}
