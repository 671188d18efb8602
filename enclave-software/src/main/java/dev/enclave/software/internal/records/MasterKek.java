package dev.enclave.software.internal.records;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.software.internal.masters.CurrentMaster;
import dev.enclave.software.internal.sealing.MasterKeyring;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;

/** The store's master keys, which wrap the data keys of its records. Thread-safe. */
public final class MasterKek implements RecordKek {

  private final MasterKeyring masters;
  private final CurrentMaster current;
  private final Assurance assurance;

  /**
   * Takes {@code masters} over.
   *
   * @param assurance of the keys, unless the key to them lies beside them
   */
  public MasterKek(MasterKeyring masters, CurrentMaster current, Assurance assurance) {
    this.masters = masters;
    this.current = current;
    this.assurance = assurance;
  }

  /** Which of the master keys records are sealed under. */
  public CurrentMaster current() {
    return current;
  }

  public MasterKeyring masters() {
    return masters;
  }

  @Override
  public Wrapped wrap(SecretBytes dataKey, Bytes associatedData, CallContext call)
      throws BackendFailure {
    String id = current.require();
    return new Wrapped(id, masters.find(id).orElseThrow().wrap(dataKey));
  }

  @Override
  public SecretBytes unwrap(Wrapped wrapped, Bytes associatedData, CallContext call)
      throws BackendFailure {
    Optional<LocalKey> master = masters.find(wrapped.kek());
    if (master.isEmpty()) {
      throw current.isResealedElsewhere(wrapped.kek())
          ? current.resealedElsewhere()
          : Texts.OTHER_MASTER_KEY.permanent(FailureCode.CORRUPT);
    }
    try {
      return master.get().unwrap(wrapped.wrapped());
    } catch (EnclaveException e) {
      throw Texts.DATA_KEY_DAMAGED.permanent(FailureCode.CORRUPT);
    }
  }

  @Override
  public boolean isCurrent(Wrapped wrapped) throws BackendFailure {
    return wrapped.kek().equals(current.require());
  }

  /**
   * Keeps a record from being written whose master key a reseal is about to drop. A record that is
   * there already, and that the reseal has not come to yet, may be changed under its old one.
   *
   * @throws BackendFailure CONFLICT, TRANSIENT: the data key is to be wrapped again
   */
  public void requireCurrent(Optional<Bytes> before, Bytes content) throws BackendFailure {
    String now = current.require();
    Optional<Wrapped> dataKey = RecordBackend.dataKeyOf(content);
    if (dataKey.filter(key -> !key.kek().equals(now)).isPresent()
        && !dataKey.equals(before.flatMap(RecordBackend::dataKeyOf))) {
      throw Texts.RESEALED_MEANWHILE.transientFailure(FailureCode.CONFLICT);
    }
  }

  @Override
  public Assurance assurance() {
    return current.liesBeside() ? Assurance.PLAINTEXT : assurance;
  }

  @Override
  public void close() {
    masters.close();
  }
}
