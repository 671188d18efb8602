package dev.enclave.kit.record;

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
import java.security.MessageDigest;
import java.util.Arrays;
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
            try (SecretBytes opened = kek.unwrap(wrapped, head.associatedData(), call)) {
              requireSame(name, raw, opened);
            }
            return RecordKey.of(head, wrapped, raw, openedAt);
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

  private static void requireSame(KeyName name, SecretBytes one, SecretBytes other)
      throws BackendFailure {
    byte[] wanted = one.exposeSecret();
    byte[] found = other.exposeSecret();
    try {
      if (!MessageDigest.isEqual(wanted, found)) {
        throw BackendFailure.permanent(
            FailureCode.CORRUPT,
            "The key-encryption key did not give back the data key that it had just wrapped for"
                + " key "
                + name
                + ", so nothing was written.",
            "Check the key-encryption key.");
      }
    } finally {
      Arrays.fill(wanted, (byte) 0);
      Arrays.fill(found, (byte) 0);
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
