package dev.enclave.spi.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import java.util.Optional;

/**
 * Keeps one record a key: opaque bytes under the key's name, with a revision that changes with
 * every write. The store does not look into the bytes and may be read by anybody: what is secret in
 * a record is sealed by who writes it.
 *
 * <p>Every write is a compare-and-set: of several writers of one revision, in whatever threads and
 * processes, one wins. A read that begins after a write was answered shows that write or a later
 * one. No reader ever sees a part of a record. {@code RecordStoreContract} of the test kit checks
 * all of it.
 *
 * <p>A write that fails says by {@link FailureClass} what became of it: AMBIGUOUS when it may have
 * happened, any other class when it has not. Thread-safe.
 */
public interface RecordStore extends AutoCloseable {

  /**
   * What tells this store from every other: 1 to 128 printable ASCII characters, the same in every
   * process that has the store open, for as long as the store exists. It is sealed into each
   * record, so that no record can be taken to another store.
   */
  String storeId();

  /** What a message calls the store, with its kind: {@code directory /var/lib/wallet/keys}. */
  String place();

  /** What a message calls a key's record, with its kind: {@code Secret payments/enclave-signer}. */
  String nameOf(KeyName name);

  /** The key's URI, which the audit log and applications see. It names the store and the key. */
  String uriOf(KeyName name);

  /**
   * The longest content, in bytes. A longer one is refused with LIMIT_EXCEEDED, and not written.
   */
  int longest();

  /**
   * Refuses a content that is longer than {@link #longest}.
   *
   * @throws BackendFailure LIMIT_EXCEEDED
   */
  default void requireFit(KeyName name, Bytes content) throws BackendFailure {
    if (content.size() > longest()) {
      throw BackendFailure.permanent(
              FailureCode.LIMIT_EXCEEDED,
              Texts.RECORD_TOO_LONG.with(nameOf(name), content.size(), longest()))
          .naming(nameOf(name));
    }
  }

  /**
   * Whether reading takes a request to another machine. Then a signature uses the newest reading of
   * the record that the process has, and the engine says how old a reading may be.
   */
  boolean isRemote();

  /**
   * The record as it is now.
   *
   * @return none when the key has no record
   * @throws BackendFailure CORRUPT when there is something under the name that no store of this
   *     kind wrote, or that cannot be replaced any more
   */
  Optional<StoredRecord> find(KeyName name, CallContext call) throws BackendFailure;

  /**
   * Writes the key's first record.
   *
   * @throws BackendFailure {@link FailureCode#ALREADY_EXISTS} when the name has a record, or
   *     something else is under it; LIMIT_EXCEEDED when the content is longer than {@link #longest}
   */
  StoredRecord create(KeyName name, Bytes content, CallContext call) throws BackendFailure;

  /**
   * Writes content in place of a record, if that is still the one there is.
   *
   * @param before what was read or written last
   * @throws BackendFailure {@link FailureCode#CONFLICT}, permanent, when another revision is there;
   *     NOT_FOUND when the record is gone; LIMIT_EXCEEDED when the content is longer than {@link
   *     #longest}
   */
  StoredRecord replace(StoredRecord before, Bytes content, CallContext call) throws BackendFailure;

  /**
   * Makes durable what was found written: by a write with an unknown outcome, or by a process that
   * was killed. Does nothing where a store shows durable writes alone.
   *
   * @throws BackendFailure AMBIGUOUS when that fails
   */
  void settle(KeyName name, CallContext call) throws BackendFailure;

  /**
   * Whether the store knows, without asking anything outside the process, that the record is still
   * the one there is. A store that cannot know says no.
   */
  boolean isUnchanged(StoredRecord record);

  /**
   * Names that have a record, as {@link KeyLister#page} gives those of keys.
   *
   * @param from what the page before said; none for the first
   * @throws BackendFailure REJECTED when no page has said that, or so long ago that the store has
   *     forgotten it
   */
  KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure;

  /** Gives up what the store holds. Idempotent. */
  @Override
  void close();
}
