package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Public keys as the audit log has them, which outlives the provider's word of a version: what was
 * signed can be verified when the private key is gone.
 */
final class RecordedKey {

  private RecordedKey() {}

  /**
   * Adds a public key to what is recorded of an operation: SubjectPublicKeyInfo in base64, and of
   * which place it is, where the log may be asked for it some day.
   */
  static void put(
      Map<String, String> details,
      String name,
      Optional<PublicKeyInfo> publicKey,
      OpenBackend backend) {
    publicKey.ifPresent(
        key -> details.put(name, Base64.getEncoder().encodeToString(key.spki().toByteArray())));
    if (publicKey.isPresent() && forgotten(backend)) {
      details.put("authority", backend.description().authority());
    }
  }

  /** Of a version that is switched off or destroyed: what a backend may not tell any more. */
  static Map<String, String> of(KeySnapshot key, KeyVersion version, OpenBackend backend) {
    Map<String, String> details = new TreeMap<>();
    details.put("algorithm", key.algorithm().name());
    put(details, "publicKey", version.publicKey(), backend);
    version
        .publicKeyFault()
        .ifPresent(
            fault -> {
              details.put("publicKeyFault", ForeignText.of(fault));
              details.put("authority", backend.description().authority());
            });
    return details;
  }

  /** Whether the backend forgets the public keys of versions that are destroyed. */
  static boolean forgotten(OpenBackend backend) {
    return !backend.description().has(BackendTrait.KEEPS_PUBLIC_KEYS);
  }

  /**
   * Sees that the public key of a version that is to be destroyed will be somewhere: in the
   * backend, or in the audit log, before the backend is asked. What never signed needs none, nor
   * does one of which the log says that its public key was none, and tells of no signature. That
   * the backend tells none now is not enough: it may have told one before.
   *
   * @throws PolicyException ({@link ErrorCode#PUBLIC_KEY_NOT_KEPT}) when it would be lost
   */
  static void requireKept(OperationRun run, KeyReading entry, KeyVersion version) {
    KeySnapshot key = entry.snapshot();
    boolean maySign =
        key.algorithm().purpose() == KeyPurpose.SIGN
            && version.state() != KeyState.PENDING
            && version.state() != KeyState.DESTROYED;
    OpenBackend backend = run.backend();
    if (!maySign || !forgotten(backend)) {
      return;
    }
    AuditTrail audit = run.log();
    if (!audit.keepsRecords()) {
      throw Texts.LOG_KEEPS_NO_RECORDS.as(
          ErrorCode.PUBLIC_KEY_NOT_KEPT, version.id(), key.name(), backend.id());
    }
    if (version.publicKey().isPresent()) {
      run.archive(of(key, version, backend));
    } else if (!audit.hasPublicKey(
        backend.id(), backend.description().authority(), key.name(), version.id())) {
      throw version.publicKeyFault().isPresent()
          ? Texts.PUBLIC_KEY_ANSWERED_OTHERWISE.as(
              ErrorCode.PUBLIC_KEY_NOT_KEPT, version.id(), key.name(), backend.id())
          : Texts.PUBLIC_KEY_NOT_TOLD.as(
              ErrorCode.PUBLIC_KEY_NOT_KEPT,
              version.id(),
              key.name(),
              backend.id(),
              version.state());
    }
  }
}
