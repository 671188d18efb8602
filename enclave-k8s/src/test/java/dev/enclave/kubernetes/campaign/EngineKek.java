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
import java.util.function.Supplier;

/** Lends a cloud's key-encryption key to a backend that is opened without an engine. */
public final class EngineKek implements KeyEncryptionKey, KeyEncryptionKeys, AutoCloseable {

  private static final int MOST_TRIES = 5;

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
  public SealedBytes seal(byte[] plaintext, byte[] associatedData, CallContext call)
      throws BackendFailure {
    return used(
        () -> enclave.seal(KekServer.NAME, plaintext, associatedData), FailureCode.REJECTED);
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData, CallContext call)
      throws BackendFailure {
    return used(() -> enclave.unseal(box, associatedData), FailureCode.CORRUPT);
  }

  /** However often the machine stands still for longer than the cloud's client waits. */
  private static <T> T used(Supplier<T> use, FailureCode refused) throws BackendFailure {
    for (int tries = 1; ; tries++) {
      try {
        return use.get();
      } catch (EnclaveException e) {
        if (!e.retryable() || tries == MOST_TRIES) {
          throw BackendFailure.permanent(
              refused, "The key-encryption key was not used: " + e.code());
        }
      }
    }
  }

  @Override
  public void close() {
    enclave.close();
    server.close();
  }
}
