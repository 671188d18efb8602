package dev.enclave.kubernetes.campaign;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.KeyEncryptionKey;
import dev.enclave.spi.backend.KeyEncryptionKeys;

/** Lends a cloud's key-encryption key to a backend that is opened without an engine. */
public final class EngineKek implements KeyEncryptionKey, KeyEncryptionKeys, AutoCloseable {

  private final KekServer server;
  private final Enclave enclave;
  private final KeyVersion active;
  private final KeyHandle handle;

  /** The key on that server, which is closed with it. */
  public EngineKek(KekServer server, BackendProvider provider) {
    this.server = server;
    this.enclave = server.operator(provider);
    this.active = enclave.admin().key(KekServer.NAME).info().versions().get(0);
    this.handle = enclave.admin().key(KekServer.NAME).handle();
  }

  @Override
  public KeyEncryptionKey of(KeyHandle wanted) throws BackendFailure {
    return of(wanted.backend(), wanted.name());
  }

  @Override
  public KeyEncryptionKey of(BackendId backend, KeyName name) throws BackendFailure {
    if (!backend.equals(handle.backend()) || !name.equals(handle.name())) {
      throw BackendFailure.permanent(FailureCode.MISCONFIGURED, "There is no such key.");
    }
    return this;
  }

  @Override
  public KeyHandle handle() {
    return handle;
  }

  @Override
  public KeyVersionId activeVersion() {
    return active.id();
  }

  @Override
  public KeyVersionId activeVersion(CallContext call) {
    return active.id();
  }

  @Override
  public Assurance assurance() {
    return active.assurance();
  }

  @Override
  public SealedBytes seal(byte[] plaintext, byte[] associatedData, CallContext call) {
    return enclave.seal(KekServer.NAME, plaintext, associatedData);
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData, CallContext call)
      throws BackendFailure {
    try {
      return enclave.unseal(box, associatedData);
    } catch (EnclaveException e) {
      throw BackendFailure.permanent(FailureCode.CORRUPT, "The box does not open: " + e.code());
    }
  }

  @Override
  public void close() {
    enclave.close();
    server.close();
  }
}
