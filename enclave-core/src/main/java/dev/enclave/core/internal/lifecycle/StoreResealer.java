package dev.enclave.core.internal.lifecycle;

import dev.enclave.admin.StorePassphrase;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.Resealer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Seals the resolved backend's keys anew. Thread-safe. */
public record StoreResealer(Operations operations, String caller) implements StorePassphrase {

  @Override
  public void remove() {
    reseal(new Reseal());
  }

  @Override
  public void change(char[] newPassphrase) {
    Objects.requireNonNull(newPassphrase, "newPassphrase");
    reseal(new Reseal(newPassphrase));
  }

  private void reseal(Reseal operation) {
    operations.by(caller).inResolved().run(operation);
  }

  /** All keys of a backend are sealed anew, under another passphrase or none. */
  private static final class Reseal implements KeyOperation<Reseal.Prepared, Boolean> {

    /** Every file is written anew: ten thousand keys take a minute or two. */
    private static final Duration RESEAL_WITHIN = Duration.ofMinutes(15);

    private static final int LONGEST_PASSPHRASE = 4096;

    private final char @Nullable [] passphrase;

    /** Under none. */
    Reseal() {
      this.passphrase = null;
    }

    /** Under another. */
    Reseal(char[] passphrase) {
      this.passphrase = passphrase;
    }

    /**
     * What may begin.
     *
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
      Optional<SecretBytes> given = Optional.ofNullable(passphrase).map(Reseal::utf8);
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
      return BackupPassword.utf8(passphrase, LONGEST_PASSPHRASE)
          .filter(secret -> secret.size() > 0)
          .orElseThrow(() -> Texts.PASSPHRASE_INVALID.as(ErrorCode.INVALID_ARGUMENT));
    }
  }
}
