package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.crypto.DataKey;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import dev.enclave.kit.record.SealedRecord.Head;
import dev.enclave.kit.record.SealedRecord.Section;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.record.RecordStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes records of one store apart, says what is wrong with them, and puts them together. Makes
 * their data keys and opens them with the key-encryption key, eight at a time: a process that
 * begins with many keys does not ask for all of them at once. Thread-safe.
 */
record RecordOpener(RecordStore store, RecordKek kek, BackendContext context, Semaphore places) {

  private static final int AT_ONCE = 8;
  private static final int LONGEST_ID = 1024;
  private static final int LONGEST_WRAPPED = 65_535;

  RecordOpener(RecordStore store, RecordKek kek, BackendContext context) {
    this(store, kek, context, new Semaphore(AT_ONCE));
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
              throw Texts.DATA_KEY_NOT_GIVEN_BACK.permanent(FailureCode.CORRUPT, name);
            }
          });
    }
  }

  private static void requireFit(KeyName name, Wrapped wrapped) throws BackendFailure {
    if (wrapped.kek().length() > LONGEST_ID || wrapped.wrapped().size() > LONGEST_WRAPPED) {
      throw Texts.DATA_KEY_TOO_LONG.permanent(
          FailureCode.LIMIT_EXCEEDED, wrapped.wrapped().size(), name, wrapped.kek().length());
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
            throw damaged(name);
          } catch (BackendFailure e) {
            throw e.code() == FailureCode.CORRUPT ? unopened(name, e) : e;
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
            Texts.TOO_MANY_DATA_KEYS.with(name, AT_ONCE, places.getQueueLength()));
      }
    } catch (InterruptedException e) {
      throw interrupted(name);
    }
    try {
      return step.run();
    } finally {
      places.release();
    }
  }

  /** Takes a record apart, if it says that it is of this key of this store. */
  SealedRecord parse(KeyName name, Bytes content) throws BackendFailure {
    SealedRecord sealed;
    try {
      sealed = SealedRecord.parse(content);
    } catch (IOException e) {
      throw damaged(name);
    }
    Head head = sealed.head();
    if (!head.storeId().equals(store.storeId())) {
      throw foreign(name, head);
    }
    if (!head.key().equals(name.value())) {
      throw corrupt(
          name,
          Texts.RECORD_OF_ANOTHER.with(Quoted.of(head.key())),
          Texts.PUT_THE_RIGHT_BACK.with());
    }
    return sealed;
  }

  /** What the record says of its key; with it, that no section is missing, added or moved. */
  Manifest manifest(KeyName name, SealedRecord sealed, RecordKey key)
      throws BackendFailure, SupersededException {
    try {
      Section section =
          sealed.section(SealedRecord.MANIFEST).orElseThrow(() -> new IOException("no manifest"));
      Manifest manifest = Manifest.parse(sealed.head(), key.open(section));
      if (!sealed.labels().equals(labels(manifest))) {
        throw new IOException("other sections than the manifest names");
      }
      return manifest;
    } catch (IOException e) {
      throw damaged(name);
    }
  }

  private static List<String> labels(Manifest manifest) {
    List<String> labels = new ArrayList<>(List.of(SealedRecord.MANIFEST));
    manifest.living().forEach(version -> labels.add(version.section()));
    return labels;
  }

  /**
   * The private half of a version that is not destroyed, which the caller closes.
   *
   * @throws SupersededException when the reading is not the newest any more
   */
  LocalKey privateKey(Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    Manifest manifest = reading.manifest();
    Section section =
        reading
            .sealed()
            .section(version.section())
            .orElseThrow(() -> damaged(manifest.name(), version));
    try (SecretBytes material = SecretBytes.takeOver(reading.key().open(section))) {
      LocalKey key = LocalKey.decode(manifest.algorithm(), material, context.random());
      if (!key.publicKey().equals(version.publicKey())) {
        key.close();
        throw damaged(manifest.name(), version);
      }
      return key;
    } catch (IOException | EnclaveException e) {
      throw damaged(manifest.name(), version);
    }
  }

  /**
   * A whole record.
   *
   * @param added private halves that are new, by the section of their version; stay the caller's
   * @param before what has the others; none if all are new
   */
  SealedRecord whole(
      RecordKey key, Manifest manifest, Map<String, LocalKey> added, @Nullable Reading before)
      throws BackendFailure, SupersededException {
    List<Section> sections = new ArrayList<>();
    sections.add(key.seal(SealedRecord.MANIFEST, manifest.toJson(), context.random()));
    for (VersionEntry version : manifest.living()) {
      LocalKey half = added.get(version.section());
      if (half != null) {
        sections.add(sealed(key, version, half));
      } else if (before != null && before.key() == key) {
        before.sealed().section(version.section()).ifPresent(sections::add);
      } else {
        // Not without a look at it: what is damaged is not to be sealed as if it were whole.
        try (LocalKey moved = privateKey(Objects.requireNonNull(before), version)) {
          sections.add(sealed(key, version, moved));
        }
      }
    }
    return key.record(sections);
  }

  private Section sealed(RecordKey key, VersionEntry version, LocalKey half)
      throws SupersededException {
    try (SecretBytes material = half.encode()) {
      return material.use(secret -> key.seal(version.section(), secret, context.random()));
    }
  }

  /** The record cannot be read at all. */
  private BackendFailure damaged(KeyName name) {
    return corrupt(name, Texts.RECORD_DAMAGED.observed(), Texts.RECORD_DAMAGED.advice());
  }

  /** One version's private half cannot be read. */
  private BackendFailure damaged(KeyName name, VersionEntry version) {
    return corrupt(
        name, Texts.HALF_DAMAGED.observed(version.id()), Texts.HALF_DAMAGED.advice(version.id()));
  }

  private BackendFailure corrupt(KeyName name, String what, String advice) {
    return failure(FailureCode.CORRUPT, name, what, advice);
  }

  private BackendFailure failure(FailureCode code, KeyName name, String what, String advice) {
    String record = store.nameOf(name);
    return Texts.RECORD_FAILS.permanent(code, name, record, what, advice).naming(record);
  }

  private BackendFailure foreign(KeyName name, Head head) {
    boolean foreignStamp =
        Arrays.stream(EnvironmentType.values())
            .anyMatch(t -> t.name().equals(head.stamp()) && !context.environment().accepts(t));
    return failure(
        foreignStamp ? FailureCode.STAMP_MISMATCH : FailureCode.CORRUPT,
        name,
        Texts.RECORD_FOREIGN.with(foreignStamp ? Texts.OF_ENVIRONMENT.with(head.stamp()) : ""),
        Texts.MOVE_BACK.with());
  }

  BackendFailure putBack(Manifest found, Manifest seen) {
    return corrupt(
        found.name(),
        Texts.RECORD_PUT_BACK.with(found.revision(), seen.revision()),
        Texts.PUT_THE_LATEST_BACK.with());
  }

  /** The key-encryption key says that it cannot open the data key. */
  private BackendFailure unopened(KeyName name, BackendFailure why) {
    String advice = why.advice().orElse(Texts.PUT_BACK_FROM_COPY.with());
    BackendFailure failure =
        corrupt(name, Texts.RECORD_NOT_OPENED.with(why.observed()), advice).naming(why.names());
    return why.providerRequestId().map(failure::withProviderRequestId).orElse(failure);
  }

  static BackendFailure interrupted(KeyName name) {
    Thread.currentThread().interrupt();
    return Texts.INTERRUPTED_FOR_KEY.transientFailure(FailureCode.UNAVAILABLE, name);
  }
}
