package dev.enclave.core.internal.key.upkeep;

import dev.enclave.BackendId;
import dev.enclave.admin.StorePassphrase;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.OpenBackend;
import dev.enclave.core.internal.key.slot.SharedParts;
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
import java.util.Objects;
import java.util.Optional;

/** Seals the resolved backend's keys anew. Thread-safe. */
public final class StoreResealer implements StorePassphrase {

  /** Every file is written anew: ten thousand keys take a minute or two. */
  private static final Duration RESEAL_WITHIN = Duration.ofMinutes(15);

  private static final int LONGEST_PASSPHRASE = 4096;

  private final SharedParts shared;
  private final String caller;

  public StoreResealer(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
  }

  @Override
  public void remove() {
    reseal(Optional.empty());
  }

  @Override
  public void change(char[] newPassphrase) {
    Objects.requireNonNull(newPassphrase, "newPassphrase");
    shared.requireOpen();
    AuditTrail.Subject subject = subject(shared.backends().resolved());
    try (SecretBytes passphrase =
        shared.recordingRefusal(subject, shared.newTrace(), () -> utf8(newPassphrase))) {
      reseal(Optional.of(passphrase));
    }
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

  private AuditTrail.Subject subject(OpenBackend backend) {
    return new AuditTrail.Subject(
        Operation.RESEAL,
        caller,
        Optional.empty(),
        Optional.<BackendId>of(backend.id()),
        backend.remote());
  }

  private void reseal(Optional<SecretBytes> passphrase) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    OpenBackend backend = shared.backends().resolved();
    AuditTrail.Subject subject = subject(backend);
    Resealer resealer;
    try {
      resealer = backend.capability(Resealer.class, "seal its keys under another passphrase");
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace)) {
      try {
        backend
            .caller()
            .call(
                new Plan("reseal the keys", trace, RESEAL_WITHIN, true, false),
                call -> {
                  resealer.reseal(passphrase, call);
                  return true;
                });
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      record.succeeded(Map.of("protection", passphrase.isPresent() ? "PASSPHRASE" : "NONE"));
    }
  }
}
