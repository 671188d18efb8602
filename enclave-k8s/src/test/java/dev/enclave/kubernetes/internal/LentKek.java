package dev.enclave.kubernetes.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyEncryptionKey;
import dev.enclave.spi.backend.KeyEncryptionKeys;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A wrapping key that somebody lends, with versions: AES-256-GCM by the JDK. Counts what it opens.
 */
public final class LentKek implements KeyEncryptionKey, KeyEncryptionKeys {

  public final AtomicInteger unsealed = new AtomicInteger();

  private final KeyHandle handle;
  private final Assurance assurance;
  private final Map<KeyVersionId, byte[]> versions = new ConcurrentHashMap<>();
  private volatile KeyVersionId active = KeyVersionId.of("1");

  public LentKek(String name, Assurance assurance) {
    this.handle = new KeyHandle(BackendId.of("hsm"), "rack-1", KeyName.of(name), Optional.empty());
    this.assurance = assurance;
    rotateTo("1");
  }

  /** Another version seals from now on. */
  public void rotateTo(String version) {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    active = KeyVersionId.of(version);
    versions.put(active, key);
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
    return active;
  }

  @Override
  public KeyVersionId activeVersion(CallContext call) {
    return active;
  }

  @Override
  public Assurance assurance() {
    return assurance;
  }

  @Override
  public SealedBytes seal(byte[] plaintext, byte[] associatedData, CallContext call) {
    byte[] nonce = new byte[12];
    new SecureRandom().nextBytes(nonce);
    try {
      return new SealedBytes(
          handle,
          active,
          Bytes.of(new byte[] {1}),
          Bytes.of(nonce),
          Bytes.of(new byte[32]),
          Bytes.of(run(Cipher.ENCRYPT_MODE, active, nonce, plaintext, associatedData)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData, CallContext call)
      throws BackendFailure {
    unsealed.incrementAndGet();
    try {
      return run(
          Cipher.DECRYPT_MODE,
          box.version(),
          box.nonce().toByteArray(),
          box.ciphertext().toByteArray(),
          associatedData);
    } catch (GeneralSecurityException e) {
      throw BackendFailure.permanent(
          FailureCode.CORRUPT, "What is stored, or what it belongs to, was changed.");
    }
  }

  private byte[] run(int mode, KeyVersionId version, byte[] nonce, byte[] text, byte[] with)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(versions.getOrDefault(version, new byte[32]), "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(with);
    return cipher.doFinal(text);
  }
}
