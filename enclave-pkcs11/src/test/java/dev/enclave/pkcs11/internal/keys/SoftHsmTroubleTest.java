package dev.enclave.pkcs11.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Session;
import dev.enclave.kit.json.Json;
import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.SoftHsm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong at a real token. */
@Tag("full")
@Tag("needs-softhsm")
class SoftHsmTroubleTest {

  private static final MutableClock CLOCK = new MutableClock();

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void makeTokens() throws Exception {
    SoftHsm hsm = SoftHsm.in(folder);
    hsm.token("sound");
    hsm.token("guarded");
  }

  private static TokenAdministrator administrator(String label, String pin) throws Exception {
    Path own = Files.createTempDirectory(folder, label);
    return new TokenAdministrator(SoftHsm.library(), label, pin, own);
  }

  private static SigningBackend open(TokenAdministrator who, String... more) throws BackendFailure {
    return new Pkcs11BackendProvider().open(who.context(CLOCK, more));
  }

  private static CallContext call() {
    return CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(30), CLOCK), CLOCK);
  }

  private static void create(SigningBackend backend, String name) throws BackendFailure {
    backend
        .capability(KeyCreator.class)
        .orElseThrow()
        .create(
            CreateRequest.of(
                KeyName.of(name),
                SigningAlgorithm.ECDSA_P256_SHA256,
                RotationInterval.NEVER,
                EnvironmentType.DEVELOPMENT,
                "create-" + name),
            call());
  }

  /** The right PIN would be taken: so none was sent. */
  @Test
  void sendsNoPinAgain_onceOneWasRefused() throws Exception {
    TokenAdministrator wrong = administrator("guarded", "1111");
    BackendFailure refused = catchThrowableOfType(BackendFailure.class, () -> open(wrong));
    assertThat(refused.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(refused)
        .hasMessageContaining("CKR_PIN_INCORRECT")
        .hasMessageContaining("few tries")
        .hasMessageNotContaining("1111");
    TokenAdministrator right = administrator("guarded", SoftHsm.PIN);
    BackendFailure again = catchThrowableOfType(BackendFailure.class, () -> open(right));
    assertThat(again.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(again).hasMessageContaining("restart the process");
  }

  @Test
  void namesTheTokensThatThereAre_whereTheOneIsNot() throws Exception {
    TokenAdministrator elsewhere = administrator("nowhere", SoftHsm.PIN);
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> open(elsewhere));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("pkcs11:token=sound;serial=");
  }

  @Test
  void refusesANameThatIsLongerThanALabel() throws Exception {
    TokenAdministrator who = administrator("sound", SoftHsm.PIN);
    try (SigningBackend backend = open(who, "longest-label", "8")) {
      create(backend, "eight-ok");
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> create(backend, "nine-long"));
      assertThat(failure.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED);
      assertThat(failure).hasMessageContaining("has 8");
    }
  }

  /** What a writer leaves that dies between making a revision and destroying the one before. */
  @Test
  void takesTheLastOfTwoRevisions_andTheNextWriterLeavesOne() throws Exception {
    TokenAdministrator who = administrator("sound", SoftHsm.PIN);
    try (SigningBackend backend = open(who)) {
      create(backend, "twofold");
      Attributes documents =
          new Attributes()
              .with(Ck.CKA_CLASS, Ck.CKO_DATA)
              .with(Ck.CKA_APPLICATION, "enclave")
              .with(Ck.CKA_LABEL, "twofold");
      try (CryptokiModule module = CryptokiModule.open(SoftHsm.library());
          Session session = session(module, "sound")) {
        List<Long> found = session.find(documents);
        assertThat(found).hasSize(1);
        byte[] value =
            session.attributes(found.get(0), Ck.CKA_VALUE).bytes(Ck.CKA_VALUE).orElseThrow();
        Map<String, Object> older = new HashMap<>(Json.object(value).orElseThrow());
        older.put("revision", 0L);
        older.remove("versions");
        session.createObject(
            new Attributes()
                .with(Ck.CKA_CLASS, Ck.CKO_DATA)
                .with(Ck.CKA_TOKEN, true)
                .with(Ck.CKA_PRIVATE, true)
                .with(Ck.CKA_APPLICATION, "enclave")
                .with(Ck.CKA_LABEL, "twofold")
                .with(Ck.CKA_VALUE, Json.write(older)));
        assertThat(backend.load(KeyName.of("twofold"), call()).versions()).hasSize(1);
        CapableBackend whole = new CapableBackend(backend);
        KeyVersionId active =
            backend.load(KeyName.of("twofold"), call()).active().orElseThrow().id();
        whole.prepare(
            RotateRequest.of(KeyName.of("twofold"), active, "rotate", KeyState.VERIFY_ONLY),
            call());
        assertThat(session.find(documents)).hasSize(1);
        assertThat(backend.load(KeyName.of("twofold"), call()).versions()).hasSize(2);
      }
    }
  }

  static Session session(CryptokiModule module, String label) throws Exception {
    for (long slot : module.slots(true)) {
      if (module.tokenInfo(slot).label().equals(label)) {
        return module.openSession(slot, true);
      }
    }
    throw new AssertionError("no token");
  }
}
