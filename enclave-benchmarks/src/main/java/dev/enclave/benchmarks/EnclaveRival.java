package dev.enclave.benchmarks;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import java.io.IOException;
import java.nio.file.Path;

/** Enclave with its software backend, as an application uses it: one key object for all threads. */
final class EnclaveRival implements Recoverable {

  private final Enclave enclave;
  private final Scratch audit;
  private final SigningKey key;
  private final Message message;

  private EnclaveRival(Enclave enclave, Scratch audit, SigningKey key, Message message) {
    this.enclave = enclave;
    this.audit = audit;
    this.key = key;
    this.message = message;
  }

  static EnclaveRival open(Path directory, Scheme scheme, byte[] message) throws IOException {
    Scratch audit = Scratch.in(directory);
    Enclave enclave = SoftwareStore.KEY_FILE.open(directory.resolve("keys"), audit.directory());
    SigningKey key =
        enclave.ensureKey(
            KeySpec.named(scheme.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                .algorithm(scheme.algorithm()));
    return new EnclaveRival(enclave, audit, key, Message.of(message));
  }

  @Override
  public Work signing() {
    return () -> key.sign(message);
  }

  @Override
  public Work verification() {
    SignatureValue made = key.sign(message);
    return () -> Rival.valid(key.verify(message, made));
  }

  @Override
  public Work signingWithRecoveryId() {
    return () -> key.sign(message).recoveryId();
  }

  @Override
  public void close() {
    enclave.close();
    audit.close();
  }
}
