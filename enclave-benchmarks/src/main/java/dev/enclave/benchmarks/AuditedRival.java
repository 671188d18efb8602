package dev.enclave.benchmarks;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.crypto.LocalKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Enclave over a key in memory, with any kind of audit log. */
final class AuditedRival implements Rival {

  private final LocalKey material;
  private final Enclave enclave;
  private final Scratch audit;
  private final SigningKey key;
  private final Message message = Message.of(Rivals.message());

  private AuditedRival(LocalKey material, Enclave enclave, Scratch audit) {
    this.material = material;
    this.enclave = enclave;
    this.audit = audit;
    this.key = enclave.key("any");
  }

  static AuditedRival open(Path directory, Scheme scheme, Trail trail) throws IOException {
    LocalKey material = LocalKey.generate(scheme.algorithm(), new SecureRandom());
    Scratch audit = Scratch.in(directory);
    Enclave enclave =
        trail.open(
            audit.directory(),
            new NullBackendProvider(material.publicKey().orElseThrow(), material::sign));
    return new AuditedRival(material, enclave, audit);
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
  public void close() {
    enclave.close();
    audit.close();
    material.close();
  }
}
