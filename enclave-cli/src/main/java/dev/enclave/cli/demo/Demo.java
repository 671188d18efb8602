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
    this.steps = new Steps(session, "Do not use this backend; run enclave doctor.");
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
    steps.step(
        "Detect", "Enclave looks where it runs, decides how strict to be and where keys may live.");
    steps.result("environment: " + enclave.policy().environment());
    steps.result(
        "backend:     " + enclave.resolution().chosen() + ", " + enclave.resolution().reason());
  }

  private SigningKey create(Enclave enclave) {
    steps.step(
        "Create", "The backend makes a key pair. The private key stays there; we get a handle.");
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
    steps.step("Sign", "The key signs \"pay 10 to Alice\".");
    SignatureValue signature = key.sign(PAYMENT);
    steps.result(
        "signature:   " + signature.bytes().size() + " bytes, by version " + signature.version());

    steps.step("Verify", "Anybody with the public key can check it.");
    steps.require(key.verify(PAYMENT, signature), "the fresh signature is valid", "it is not");

    steps.step("Tamper", "Somebody changes the message to \"pay 1000 to Mallory\".");
    steps.require(
        !key.verify(FORGED, signature), "refused: the signature is not valid", "it was accepted");

    KeyVersion before = key.activeVersion();
    steps.step("Rotate", "A new version takes over; the old one may only verify from now on.");
    RotationResult rotation =
        enclave
            .admin()
            .key(key.handle())
            .rotate(RotationRequest.ifActive(before).reason(RotationReason.SCHEDULED));
    steps.require(
        !rotation.active().id().equals(before.id())
            && rotation.previous().state() == KeyState.VERIFY_ONLY,
        "version " + rotation.active().id() + " signs, version " + before.id() + " verifies only",
        "the old version is " + rotation.previous().state());

    steps.step("Verify the old signature", "What was signed before the rotation must stay good.");
    steps.require(key.verify(PAYMENT, signature), "the old signature is still valid", "it is not");
    steps.require(
        key.sign(PAYMENT).version().equals(rotation.active().id()),
        "a new signature comes from version " + rotation.active().id(),
        "the old version signed again");
  }

  private void audit() {
    steps.step(
        "Audit", "Every operation above was recorded; each record is chained to the one before.");
    AuditVerification found = builder.get().verifyAuditLog();
    steps.require(
        found.intact() && found.records() > 0,
        AuditVerifyCommand.text(found),
        found.problem().orElse("the audit log is empty"));
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
    steps.result("(the demo's key " + key.handle().name() + " is destroyed again)");
  }
}
