package dev.enclave.core.internal.key.use;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decrypts what others encrypted with the public key of an RSA-OAEP key. Thread-safe. */
public final class Decrypter {

  private final SharedParts shared;

  public Decrypter(SharedParts shared) {
    this.shared = shared;
  }

  /**
   * Decrypts.
   *
   * @param only the version to decrypt with; none for every version that opens, the active one
   *     first
   */
  public byte[] decrypt(
      KeySlot slot, byte[] ciphertext, Optional<KeyVersionId> only, String caller) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    Deadline deadline = shared.within(SharedParts.SIGN_WITHIN);
    AuditTrail.Subject subject = shared.subject(Operation.DECRYPT, caller, slot);
    KeyEntry entry;
    List<KeyVersion> candidates;
    try {
      entry =
          only.isPresent()
              ? EnvelopeSealer.reading(slot, only.get(), trace, deadline)
              : kek(slot, trace, deadline);
      requireLength(slot, entry.snapshot().algorithm(), ciphertext);
      candidates = candidates(entry, slot, only);
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace, candidates.get(0).id())) {
      Opened opened;
      try {
        opened = opened(slot, entry, candidates, only, ciphertext, trace, deadline);
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      try (SecretBytes plaintext = opened.plaintext()) {
        record.version(opened.version());
        record.succeeded(Map.of());
        return plaintext.exposeSecret();
      }
    }
  }

  /** What a version opened. */
  private record Opened(KeyVersionId version, SecretBytes plaintext) {}

  private static Opened opened(
      KeySlot slot,
      KeyEntry entry,
      List<KeyVersion> candidates,
      Optional<KeyVersionId> only,
      byte[] ciphertext,
      CallTrace trace,
      Deadline deadline) {
    Set<KeyVersionId> tried = new HashSet<>();
    Optional<Opened> opened = first(slot, entry, candidates, tried, ciphertext, trace, deadline);
    if (opened.isEmpty() && only.isEmpty()) {
      // Another replica may have rotated since, and somebody encrypted for what that made.
      KeyEntry fresh = slot.fresh(trace, deadline).requireUsable();
      opened = first(slot, fresh, fresh.consuming(), tried, ciphertext, trace, deadline);
    }
    return opened.orElseThrow(() -> corrupt(slot));
  }

  /** The first that opens it, of those not tried yet. */
  private static Optional<Opened> first(
      KeySlot slot,
      KeyEntry entry,
      List<KeyVersion> candidates,
      Set<KeyVersionId> tried,
      byte[] ciphertext,
      CallTrace trace,
      Deadline deadline) {
    @Nullable UsageException refused = null;
    for (KeyVersion version : candidates) {
      if (tried.add(version.id())) {
        try {
          Optional<SecretBytes> plaintext =
              opened(slot, entry.snapshot().ref(version), ciphertext, trace, deadline);
          if (plaintext.isPresent()) {
            return Optional.of(new Opened(version.id(), plaintext.get()));
          }
        } catch (UsageException e) {
          if (e.code() != ErrorCode.KEY_NOT_ACTIVE) {
            throw e;
          }
          // Switched off since the reading; another version may be the right one.
          slot.distrust();
          refused = e;
        }
      }
    }
    if (refused != null && candidates.size() == 1) {
      throw refused;
    }
    return Optional.empty();
  }

  private static KeyEntry kek(KeySlot slot, CallTrace trace, Deadline deadline) {
    KeyEntry entry = slot.current(trace, deadline);
    EnvelopeSealer.requireKek(entry, slot);
    return entry;
  }

  private static List<KeyVersion> candidates(
      KeyEntry entry, KeySlot slot, Optional<KeyVersionId> only) {
    if (only.isPresent()) {
      KeyVersion version = entry.requireVersion(only.get());
      EnvelopeSealer.requireConsumable(slot, version);
      return List.of(version);
    }
    List<KeyVersion> candidates = entry.consuming();
    if (candidates.isEmpty()) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Key "
              + slot.name()
              + " has no version that opens anything: all are pending, disabled or destroyed."
              + " Enable the one that the ciphertext was made for.");
    }
    return candidates;
  }

  private static void requireLength(KeySlot slot, KeyAlgorithm algorithm, byte[] ciphertext) {
    if (!algorithm.asymmetric()) {
      throw new UsageException(
          ErrorCode.UNSUPPORTED_ALGORITHM,
          "Key "
              + slot.name()
              + " is for "
              + algorithm
              + ", which has no public key that others could encrypt with. Open what it sealed"
              + " with unseal.");
    }
    if (ciphertext.length != algorithm.keyBits() / Byte.SIZE) {
      throw new IntegrityException(
          ErrorCode.SEALED_DATA_CORRUPT,
          "A ciphertext for "
              + algorithm
              + " has "
              + algorithm.keyBits() / Byte.SIZE
              + " bytes and this one has "
              + ciphertext.length
              + ". Give the ciphertext unchanged and decoded.");
    }
  }

  /** The caller closes it. */
  private static Optional<SecretBytes> opened(
      KeySlot slot, KeyVersionRef ref, byte[] ciphertext, CallTrace trace, Deadline deadline) {
    Plan plan = EnvelopeSealer.plan("decrypt with", slot, trace, deadline);
    try {
      return Optional.of(
          slot.backend()
              .caller()
              .call(
                  plan,
                  call -> EnvelopeSealer.wrapper(slot).unwrap(ref, Bytes.of(ciphertext), call)));
    } catch (IntegrityException e) {
      if (e.code() == ErrorCode.KEY_DATA_CORRUPT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static IntegrityException corrupt(KeySlot slot) {
    return new IntegrityException(
        ErrorCode.SEALED_DATA_CORRUPT,
        "The ciphertext was not made for key "
            + slot.name()
            + " with RSA-OAEP, SHA-256 and an empty label, or was changed. Give it unchanged, and"
            + " see that its maker used this key's public key.");
  }
}
