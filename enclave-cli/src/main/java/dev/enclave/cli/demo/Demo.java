package dev.enclave.cli.demo;

import dev.enclave.Enclave;
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
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.startup.EnclaveFactory;
import java.util.function.Supplier;

/** The eight steps. A step whose outcome is not what it must be ends the demo. */
final class Demo {

  private static final String NAME = "enclave-demo";
  private static final int MOST_NAMES = 100;
  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");
  private static final Message FORGED = Message.ofUtf8("pay 1000 to Mallory");

  private final Session session;
  private final Supplier<EnclaveFactory.Builder> builder;
  private int step;

  Demo(Session session, Supplier<EnclaveFactory.Builder> builder) {
    this.session = session;
    this.builder = builder;
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
    session.print("");
    session.print("Done. Every step gave what it must.");
  }

  private void detect(Enclave enclave) {
    step(
        "Detect", "Enclave looks where it runs, decides how strict to be and where keys may live.");
    result("environment: " + enclave.policy().environment());
    result("backend:     " + enclave.resolution().chosen() + ", " + enclave.resolution().reason());
  }

  private SigningKey create(Enclave enclave) {
    step("Create", "The backend makes a key pair. The private key stays there; we get a handle.");
    SigningKey key = createUnderFreeName(enclave);
    result("handle:      " + key.handle());
    result("assurance:   " + key.activeVersion().assurance());
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
    step("Sign", "The key signs \"pay 10 to Alice\".");
    SignatureValue signature = key.sign(PAYMENT);
    result(
        "signature:   " + signature.bytes().size() + " bytes, by version " + signature.version());

    step("Verify", "Anybody with the public key can check it.");
    require(key.verify(PAYMENT, signature), "the fresh signature is valid", "it is not");

    step("Tamper", "Somebody changes the message to \"pay 1000 to Mallory\".");
    require(
        !key.verify(FORGED, signature), "refused: the signature is not valid", "it was accepted");

    KeyVersion before = key.activeVersion();
    step("Rotate", "A new version takes over; the old one may only verify from now on.");
    RotationResult rotation =
        enclave
            .admin()
            .key(key.handle())
            .rotate(RotationRequest.ifActive(before).reason(RotationReason.SCHEDULED));
    require(
        !rotation.active().id().equals(before.id())
            && rotation.previous().state() == KeyState.VERIFY_ONLY,
        "version " + rotation.active().id() + " signs, version " + before.id() + " verifies only",
        "the old version is " + rotation.previous().state());

    step("Verify the old signature", "What was signed before the rotation must stay good.");
    require(key.verify(PAYMENT, signature), "the old signature is still valid", "it is not");
    require(
        key.sign(PAYMENT).version().equals(rotation.active().id()),
        "a new signature comes from version " + rotation.active().id(),
        "the old version signed again");
  }

  private void audit() {
    step("Audit", "Every operation above was recorded; each record is chained to the one before.");
    AuditVerification found = builder.get().verifyAuditLog();
    require(
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
    result("(the demo's key " + key.handle().name() + " is destroyed again)");
  }

  private void step(String title, String explanation) {
    step++;
    session.print("");
    session.print(step + ". " + title + ". " + explanation);
  }

  private void result(String line) {
    session.print("   " + line);
  }

  private void require(boolean asItMust, String good, String bad) {
    if (!asItMust) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Step "
              + step
              + " of the demo did not give what it must: "
              + bad
              + ". Do not use this"
              + " backend; run enclave doctor.");
    }
    result(good);
  }
}
