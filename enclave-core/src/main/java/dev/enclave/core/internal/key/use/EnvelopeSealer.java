package dev.enclave.core.internal.key.use;

import dev.enclave.Bytes;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.crypto.DataKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyWrapper;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Envelope encryption: a fresh data key per box, wrapped by the KEK. Thread-safe. */
public final class EnvelopeSealer {

  private static final int NONCE = 12;
  private static final int DATA_KEY = 32;

  private final SharedParts shared;

  public EnvelopeSealer(SharedParts shared) {
    this.shared = shared;
  }

  /**
   * A KEK, ready to wrap.
   *
   * @param entry the reading it is from
   * @param version the version
   * @param wrapper the backend
   */
  private record Ready(KeyEntry entry, KeyVersion version, KeyWrapper wrapper) {}

  public SealedBytes seal(KeySlot slot, byte[] plaintext, byte[] associatedData, String caller) {
    return seal(slot, plaintext, associatedData, caller, SharedParts.SIGN_WITHIN);
  }

  /** Seals within a time. */
  public SealedBytes seal(
      KeySlot slot, byte[] plaintext, byte[] associatedData, String caller, Duration within) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    Deadline deadline = shared.within(within);
    AuditTrail.Subject subject = shared.subject(Operation.SEAL, caller, slot);
    Ready ready;
    try {
      ready = ready(slot.current(trace, deadline), slot);
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace, ready.version().id())) {
      SealedBytes box;
      try {
        box = sealPinned(slot, ready, plaintext, associatedData, trace, deadline);
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      record.version(box.version());
      record.succeeded(Map.of());
      return box;
    }
  }

  private static Ready ready(KeyEntry entry, KeySlot slot) {
    requireKek(entry, slot);
    return new Ready(entry, entry.requireActive(), wrapper(slot));
  }

  /**
   * Seals; if the version was retired meanwhile, with the one that replaced it, and so on. A
   * version is tried once, since readings may go back and forth between versions.
   */
  private SealedBytes sealPinned(
      KeySlot slot,
      Ready ready,
      byte[] plaintext,
      byte[] associatedData,
      CallTrace trace,
      Deadline deadline) {
    Ready next = ready;
    Set<KeyVersionId> tried = new HashSet<>(Set.of(next.version().id()));
    while (true) {
      try {
        return sealWith(slot, next, plaintext, associatedData, trace, deadline);
      } catch (UsageException e) {
        if (e.code() != ErrorCode.KEY_NOT_ACTIVE) {
          throw e;
        }
        Ready again = ready(slot.fresh(trace, deadline), slot);
        if (!tried.add(again.version().id())) {
          throw e;
        }
        next = again;
      }
    }
  }

  private SealedBytes sealWith(
      KeySlot slot,
      Ready ready,
      byte[] plaintext,
      byte[] associatedData,
      CallTrace trace,
      Deadline deadline) {
    KeyEntry entry = ready.entry();
    KeyVersion version = ready.version();
    try (DataKey dataKey = DataKey.generate(shared.random());
        SecretBytes raw = dataKey.raw()) {
      Plan plan = plan("wrap a data key with", slot, trace, deadline);
      Bytes wrapped =
          slot.backend()
              .caller()
              .call(plan, call -> ready.wrapper().wrap(entry.snapshot().ref(version), raw, call));
      return boxed(entry, version, wrapped, dataKey, plaintext, associatedData);
    }
  }

  private SealedBytes boxed(
      KeyEntry entry,
      KeyVersion version,
      Bytes wrapped,
      DataKey dataKey,
      byte[] plaintext,
      byte[] associatedData) {
    byte[] fresh = new byte[NONCE];
    shared.random().nextBytes(fresh);
    Bytes nonce = Bytes.of(fresh);
    Bytes commitment = dataKey.commitment();
    Bytes header = SealedBytes.headerOf(entry.handle(), version.id(), wrapped, nonce, commitment);
    return new SealedBytes(
        entry.handle(),
        version.id(),
        wrapped,
        nonce,
        commitment,
        dataKey.encrypt(nonce, authenticated(header, associatedData), plaintext));
  }

  public byte[] unseal(KeySlot slot, SealedBytes box, byte[] associatedData, String caller) {
    return unseal(slot, box, associatedData, caller, SharedParts.SIGN_WITHIN);
  }

  /** Unseals within a time. */
  public byte[] unseal(
      KeySlot slot, SealedBytes box, byte[] associatedData, String caller, Duration within) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    Deadline deadline = shared.within(within);
    AuditTrail.Subject subject = shared.subject(Operation.UNSEAL, caller, slot);
    Ready ready;
    try {
      KeyEntry entry = reading(slot, box.version(), trace, deadline);
      KeyVersion version = entry.requireVersion(box.version());
      requireConsumable(slot, version);
      ready = new Ready(entry, version, wrapper(slot));
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace, ready.version().id())) {
      byte[] plaintext;
      try {
        plaintext = unsealWith(slot, ready, box, associatedData, trace, deadline);
      } catch (IntegrityException e) {
        throw record.failed(e.code() == ErrorCode.KEY_DATA_CORRUPT ? corrupt() : e);
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      record.succeeded(Map.of());
      return plaintext;
    }
  }

  /** Another replica may have rotated since the newest reading, and sealed with what that made. */
  static KeyEntry reading(KeySlot slot, KeyVersionId version, CallTrace trace, Deadline deadline) {
    KeyEntry entry = slot.current(trace, deadline);
    requireKek(entry, slot);
    if (entry.snapshot().version(version).isPresent()) {
      return entry;
    }
    KeyEntry fresh = slot.fresh(trace, deadline);
    requireKek(fresh, slot);
    return fresh;
  }

  private static byte[] unsealWith(
      KeySlot slot,
      Ready ready,
      SealedBytes box,
      byte[] associatedData,
      CallTrace trace,
      Deadline deadline) {
    Plan plan = plan("unwrap a data key with", slot, trace, deadline);
    KeyVersionRef kek = ready.entry().snapshot().ref(ready.version());
    try (SecretBytes raw =
        slot.backend()
            .caller()
            .call(plan, call -> ready.wrapper().unwrap(kek, box.wrappedKey(), call))) {
      if (raw.size() != DATA_KEY) {
        // With a public wrapping key anybody can wrap anything.
        throw corrupt();
      }
      try (DataKey dataKey = DataKey.of(raw)) {
        return decrypted(dataKey, box, associatedData);
      }
    }
  }

  private static byte[] decrypted(DataKey dataKey, SealedBytes box, byte[] associatedData) {
    if (!dataKey.commitment().equals(box.commitment())) {
      throw corrupt();
    }
    return dataKey.decrypt(
        box.nonce(), authenticated(box.header(), associatedData), box.ciphertext());
  }

  private static IntegrityException corrupt() {
    return new IntegrityException(
        ErrorCode.SEALED_DATA_CORRUPT,
        "The sealed box or its associated data differs from what was sealed. Give the box"
            + " unchanged and the same associated data.");
  }

  /** The header, then the caller's data; the header's fields carry their own lengths. */
  private static Bytes authenticated(Bytes header, byte[] associatedData) {
    return Bytes.of(
        ByteBuffer.allocate(header.size() + associatedData.length)
            .put(header.toByteArray())
            .put(associatedData)
            .array());
  }

  public static void requireKek(KeyEntry entry, KeySlot slot) {
    entry.requireUsable();
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.WRAP) {
      throw Signer.wrongPurpose(slot.name(), entry.snapshot().algorithm());
    }
  }

  static void requireConsumable(KeySlot slot, KeyVersion version) {
    if (!version.state().mayConsume()) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Version "
              + version.id()
              + " of key "
              + slot.name()
              + " is "
              + version.state()
              + " and opens nothing. "
              + (version.state() == KeyState.DISABLED
                  ? "Enable the version."
                  : "What it sealed cannot be opened any more; restore the key from a backup."));
    }
  }

  static KeyWrapper wrapper(KeySlot slot) {
    return slot.backend().capability(KeyWrapper.class, "wrap data keys");
  }

  static Plan plan(String what, KeySlot slot, CallTrace trace, Deadline deadline) {
    return new Plan(
        what + " key " + slot.name(), trace, deadline.remaining(), false, slot.settling());
  }
}
