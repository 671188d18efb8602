package dev.enclave.core.internal.key;

import dev.enclave.Bytes;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.SealedBytes;
import dev.enclave.UsageException;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.crypto.DataKey;
import dev.enclave.spi.AuditEvent.Operation;
import dev.enclave.spi.KeyWrapper;
import dev.enclave.spi.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Map;

/** Envelope encryption: a fresh data key per box, wrapped by the KEK. Thread-safe. */
final class Sealer {

  private static final int NONCE = 12;

  private final Engine engine;

  Sealer(Engine engine) {
    this.engine = engine;
  }

  SealedBytes seal(KeySlot slot, byte[] plaintext, byte[] associatedData, String caller) {
    engine.requireOpen();
    CallTrace trace = engine.newTrace();
    AuditTrail.Subject subject = engine.subject(Operation.SEAL, caller, slot);
    KeyEntry entry;
    KeyVersion version;
    KeyWrapper wrapper;
    try {
      entry = usableKek(slot, trace);
      version = entry.requireActive();
      wrapper = wrapper(slot);
    } catch (EnclaveException e) {
      throw engine.audit().refused(subject, trace, e);
    }
    AuditTrail.Entry record = engine.audit().begin(subject, trace, version.id());
    SealedBytes box;
    try (DataKey dataKey = DataKey.generate(engine.random());
        SecretBytes raw = dataKey.raw()) {
      Plan plan = plan("wrap a data key with", slot, trace);
      Bytes wrapped =
          slot.backend()
              .caller()
              .call(plan, call -> wrapper.wrap(entry.snapshot().ref(version), raw, call));
      box = boxed(entry, version, wrapped, dataKey, plaintext, associatedData);
    } catch (EnclaveException e) {
      throw record.failed(e);
    }
    record.succeeded(Map.of());
    return box;
  }

  private SealedBytes boxed(
      KeyEntry entry,
      KeyVersion version,
      Bytes wrapped,
      DataKey dataKey,
      byte[] plaintext,
      byte[] associatedData) {
    byte[] fresh = new byte[NONCE];
    engine.random().nextBytes(fresh);
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

  byte[] open(KeySlot slot, SealedBytes box, byte[] associatedData, String caller) {
    engine.requireOpen();
    CallTrace trace = engine.newTrace();
    AuditTrail.Subject subject = engine.subject(Operation.OPEN, caller, slot);
    KeyEntry entry;
    KeyVersion version;
    KeyWrapper wrapper;
    try {
      entry = usableKek(slot, trace);
      version = entry.requireVersion(box.version());
      requireConsumable(slot, version);
      wrapper = wrapper(slot);
    } catch (EnclaveException e) {
      throw engine.audit().refused(subject, trace, e);
    }
    AuditTrail.Entry record = engine.audit().begin(subject, trace, version.id());
    byte[] plaintext;
    Plan plan = plan("unwrap a data key with", slot, trace);
    try (SecretBytes raw =
            slot.backend()
                .caller()
                .call(
                    plan,
                    call -> wrapper.unwrap(entry.snapshot().ref(version), box.wrappedKey(), call));
        DataKey dataKey = DataKey.of(raw)) {
      plaintext = decrypted(dataKey, box, associatedData);
    } catch (EnclaveException e) {
      throw record.failed(e.code() == ErrorCode.KEY_DATA_CORRUPT ? corrupt() : e);
    }
    record.succeeded(Map.of());
    return plaintext;
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

  private KeyEntry usableKek(KeySlot slot, CallTrace trace) {
    KeyEntry entry = slot.current(trace, Engine.SIGN_WITHIN).requireUsable();
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.WRAP) {
      throw Signer.wrongPurpose(slot.name(), entry.snapshot().algorithm());
    }
    return entry;
  }

  private static void requireConsumable(KeySlot slot, KeyVersion version) {
    if (!version.state().mayConsume()) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Version "
              + version.id()
              + " of key "
              + slot.name()
              + " is "
              + version.state()
              + " and opens nothing. Enable it if it is disabled.");
    }
  }

  private static KeyWrapper wrapper(KeySlot slot) {
    return slot.backend().capability(KeyWrapper.class, "wrap data keys");
  }

  private static Plan plan(String what, KeySlot slot, CallTrace trace) {
    return new Plan(
        what + " key " + slot.name(), trace, Engine.SIGN_WITHIN, false, slot.settling());
  }
}
