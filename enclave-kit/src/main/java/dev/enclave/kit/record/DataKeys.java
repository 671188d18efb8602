package dev.enclave.kit.record;

import dev.enclave.KeyName;
import dev.enclave.crypto.DataKey;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.Wrapped;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.security.SecureRandom;
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
  private final RecordFailures failures;
  private final SecureRandom random;
  private final Semaphore places = new Semaphore(AT_ONCE);

  DataKeys(RecordKek kek, RecordFailures failures, SecureRandom random) {
    this.kek = kek;
    this.failures = failures;
    this.random = random;
  }

  /**
   * A fresh data key. It is opened once after it was wrapped, so that no private key is ever sealed
   * under one that nobody can open again.
   */
  RecordKey fresh(KeyName name, RecordHead head, CallContext call) throws BackendFailure {
    try (DataKey dataKey = DataKey.generate(random);
        SecretBytes raw = dataKey.raw()) {
      return atOnce(
          name,
          call,
          () -> {
            Wrapped wrapped = kek.wrap(raw, RecordKey.associatedData(head), call);
            requireFit(name, wrapped);
            try (SecretBytes opened = kek.unwrap(wrapped, RecordKey.associatedData(head), call)) {
              requireSame(name, raw, opened);
            }
            return RecordKey.of(head, wrapped, raw);
          });
    }
  }

  private static void requireFit(KeyName name, Wrapped wrapped) throws BackendFailure {
    if (wrapped.kek().length() > LONGEST_ID || wrapped.wrapped().size() > LONGEST_WRAPPED) {
      throw RecordFailures.wrappedTooLong(name, wrapped);
    }
  }

  private static void requireSame(KeyName name, SecretBytes one, SecretBytes other)
      throws BackendFailure {
    byte[] wanted = one.exposeSecret();
    byte[] found = other.exposeSecret();
    try {
      if (!java.security.MessageDigest.isEqual(wanted, found)) {
        throw RecordFailures.wrappedInVain(name);
      }
    } finally {
      Arrays.fill(wanted, (byte) 0);
      Arrays.fill(found, (byte) 0);
    }
  }

  /** The data key of a record. */
  RecordKey open(KeyName name, SealedRecord record, CallContext call) throws BackendFailure {
    return atOnce(name, call, () -> unwrapped(name, record, call));
  }

  private RecordKey unwrapped(KeyName name, SealedRecord record, CallContext call)
      throws BackendFailure {
    try (SecretBytes raw =
        kek.unwrap(record.dataKey(), RecordKey.associatedData(record.head()), call)) {
      return RecordKey.of(record, raw);
    } catch (IOException e) {
      throw failures.damaged(name);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.CORRUPT ? failures.unopened(name, e) : e;
    }
  }

  /** Whether keys wait for others to have theirs opened. */
  boolean crowded() {
    return places.hasQueuedThreads();
  }

  private <T> T atOnce(KeyName name, CallContext call, BackendFailure.Step<T> step)
      throws BackendFailure {
    try {
      if (!places.tryAcquire(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw RecordFailures.crowded(name, AT_ONCE, places.getQueueLength());
      }
    } catch (InterruptedException e) {
      throw RecordFailures.interrupted(name);
    }
    try {
      return step.run();
    } finally {
      places.release();
    }
  }
}
