package dev.enclave.cli.demo;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.audit.AuditVerification;
import dev.enclave.cli.audit.AuditVerifyCommand;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.function.Supplier;

/** The eight steps of a key's life. */
final class Demo {

  private static final String NAME = "enclave-demo";
  private static final int MOST_NAMES = 100;
  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");
  private static final Message FORGED = Message.ofUtf8("pay 1000 to Mallory");

  private final Session session;
  private final Supplier<EnclaveFactory.Builder> builder;
  private final Steps steps;

  Demo(Session session, Supplier<EnclaveFactory.Builder> builder) {
    this.session = session;
    this.builder = builder;
    this.steps = new Steps(session, Texts.DO_NOT_USE_BACKEND.with());
  }

  void run(boolean destroyKey) {
    session.withEnclave(
        builder.get(),
        enclave -> {
          detect(enclave);
          SigningKey key = create(enclave);
          try {
            use(enclave, key);
          } finally {
            if (destroyKey) {
              destroy(enclave, key);
            }
          }
          return key;
        });
    audit();
    steps.done();
  }

  private void detect(Enclave enclave) {
    steps.step("Detect", Texts.DEMO_DETECTS.with());
    steps.result("environment: " + enclave.policy().environment());
    steps.result(
        "backend:     " + enclave.resolution().chosen() + ", " + enclave.resolution().reason());
  }

  private SigningKey create(Enclave enclave) {
    steps.step("Create", Texts.DEMO_CREATES.with());
    SigningKey key = createUnderFreeName(enclave);
    steps.result("handle:      " + key.handle());
    steps.result("assurance:   " + key.activeVersion().assurance());
    session.warn(enclave.health());
    return key;
  }

  /** A key that an earlier run left where the backend is configured stays untouched. */
  private static SigningKey createUnderFreeName(Enclave enclave) {
    for (int i = 1; ; i++) {
      try {
        return enclave.createKey(specFor(i == 1 ? NAME : NAME + "-" + i));
      } catch (UsageException e) {
        if (e.code() != ErrorCode.KEY_ALREADY_EXISTS || i == MOST_NAMES) {
          throw e;
        }
      }
    }
  }

  private static KeySpec<SigningKey> specFor(String name) {
    return KeySpec.named(name)
        .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
        .rotation(RotationInterval.NEVER);
  }

  private void use(Enclave enclave, SigningKey key) {
    steps.step("Sign", Texts.DEMO_SIGNS.with());
    SignatureValue signature = key.sign(PAYMENT);
    steps.result(Texts.DEMO_SIGNATURE.with(signature.bytes().size(), signature.version()));

    steps.step("Verify", Texts.DEMO_VERIFIES.with());
    steps.require(
        key.verify(PAYMENT, signature), Texts.FRESH_SIGNATURE_VALID.with(), Texts.IT_IS_NOT.with());

    steps.step("Tamper", Texts.DEMO_FORGES.with());
    steps.require(
        !key.verify(FORGED, signature),
        Texts.FORGERY_REFUSED.with(),
        Texts.FORGERY_ACCEPTED.with());

    KeyVersion before = key.activeVersion();
    steps.step("Rotate", Texts.DEMO_ROTATES.with());
    RotationResult rotation =
        enclave
            .admin()
            .key(key.handle())
            .rotate(RotationRequest.ifActive(before).reason(RotationReason.SCHEDULED));
    steps.require(
        !rotation.active().id().equals(before.id())
            && rotation.previous().state() == KeyState.VERIFY_ONLY,
        Texts.ROTATED_AS_IT_MUST.with(rotation.active().id(), before.id()),
        Texts.OLD_VERSION_IS.with(rotation.previous().state()));

    steps.step(Texts.VERIFY_OLD_SIGNATURE.with(), Texts.DEMO_VERIFIES_OLD.with());
    steps.require(
        key.verify(PAYMENT, signature), Texts.OLD_SIGNATURE_VALID.with(), Texts.IT_IS_NOT.with());
    steps.require(
        key.sign(PAYMENT).version().equals(rotation.active().id()),
        Texts.NEW_VERSION_SIGNS.with(rotation.active().id()),
        Texts.OLD_VERSION_SIGNED.with());
  }

  private void audit() {
    steps.step("Audit", Texts.DEMO_AUDITS.with());
    AuditVerification found = builder.get().verifyAuditLog();
    steps.require(
        found.intact() && found.records() > 0,
        AuditVerifyCommand.text(found),
        found.problem().orElse(Texts.AUDIT_LOG_IS_EMPTY.with()));
  }

  private void destroy(Enclave enclave, SigningKey key) {
    ManagedKey managed = enclave.admin().key(key.handle());
    for (KeyVersion version : key.info().versions()) {
      if (version.state() == KeyState.ACTIVE) {
        managed.disable(version.id());
      }
      if (version.state() != KeyState.DESTROYED) {
        managed.destroy(version.id());
      }
    }
    steps.result(Texts.DEMO_KEY_DESTROYED.with(key.handle().name()));
  }
}
