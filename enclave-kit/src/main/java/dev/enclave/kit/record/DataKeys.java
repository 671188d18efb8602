package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.crypto.DataKey;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.Wrapped;
import dev.enclave.kit.record.SealedRecord.Head;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Makes data keys and opens them with the key-encryption key, eight at a time: a process that
 * begins with many keys does not ask for all of them at once. Thread-safe.
 */
final class DataKeys {

  private static final int AT_ONCE = 8;
  private static final int LONGEST_ID = 1024;
  private static final int LONGEST_WRAPPED = 65_535;

  private final RecordKek kek;
  private final RecordOpener records;
  private final BackendContext context;
  private final Semaphore places = new Semaphore(AT_ONCE);

  DataKeys(RecordKek kek, RecordOpener records, BackendContext context) {
    this.kek = kek;
    this.records = records;
    this.context = context;
  }

  /**
   * A fresh data key. It is opened once after it was wrapped, so that no private key is ever sealed
   * under one that nobody can open again.
   */
  RecordKey fresh(KeyName name, Head head, CallContext call) throws BackendFailure {
    long openedAt = context.time().nanoTime();
    try (DataKey dataKey = DataKey.generate(context.random());
        SecretBytes raw = dataKey.raw()) {
      return atOnce(
          name,
          call,
          () -> {
            Wrapped wrapped = kek.wrap(raw, head.associatedData(), call);
            requireFit(name, wrapped);
            Bytes headBytes = head.bytes(wrapped, dataKey.commitment());
            SealedRecord none = new SealedRecord(head, wrapped, headBytes, List.of());
            try (SecretBytes opened = kek.unwrap(wrapped, head.associatedData(), call)) {
              return RecordKey.of(none, opened, openedAt);
            } catch (IOException e) {
              throw BackendFailure.permanent(
                  FailureCode.CORRUPT,
                  ("The key-encryption key did not give back the data key that it had just wrapped"
                          + " for key %s, so nothing was written.")
                      .formatted(name),
                  "Check the key-encryption key.");
            }
          });
    }
  }

  private static void requireFit(KeyName name, Wrapped wrapped) throws BackendFailure {
    if (wrapped.kek().length() > LONGEST_ID || wrapped.wrapped().size() > LONGEST_WRAPPED) {
      throw BackendFailure.permanent(
          FailureCode.LIMIT_EXCEEDED,
          ("The key-encryption key made %s bytes of the data key of key %s, and its own id has %s"
                  + " characters.")
              .formatted(wrapped.wrapped().size(), name, wrapped.kek().length()),
          "Use one that makes at most 65535 bytes, with an id of 1024 characters.");
    }
  }

  /** The data key of a record. */
  RecordKey open(KeyName name, SealedRecord record, CallContext call) throws BackendFailure {
    long openedAt = context.time().nanoTime();
    return atOnce(
        name,
        call,
        () -> {
          try (SecretBytes raw =
              kek.unwrap(record.dataKey(), record.head().associatedData(), call)) {
            return RecordKey.of(record, raw, openedAt);
          } catch (IOException e) {
            throw records.damaged(name);
          } catch (BackendFailure e) {
            throw e.code() == FailureCode.CORRUPT ? records.unopened(name, e) : e;
          }
        });
  }

  /** Whether keys wait for others to have theirs opened. */
  boolean crowded() {
    return places.hasQueuedThreads();
  }

  private <T> T atOnce(KeyName name, CallContext call, BackendFailure.Step<T> step)
      throws BackendFailure {
    try {
      if (!places.tryAcquire(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw BackendFailure.localLoad(
            ("The data key of key %s was not asked for: %s are at a time, and other keys of this"
                    + " process had their turn until the deadline (%s more wait). Repeat the call;"
                    + " if it lasts, set a longer data-key-lifetime.")
                .formatted(name, AT_ONCE, places.getQueueLength()));
      }
    } catch (InterruptedException e) {
      throw RecordOpener.interrupted(name);
    }
    try {
      return step.run();
    } finally {
      places.release();
    }
  }
}
