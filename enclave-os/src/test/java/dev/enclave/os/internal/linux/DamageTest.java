package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.os.OsBackendProvider;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is lost when a part of the whole is damaged, and what is not. */
@Timeout(300)
class DamageTest {

  private final KeyringDesk desk;

  DamageTest(@TempDir Path home) {
    desk = unlocked(home);
  }

  /** A desk with an unlocked keyring. */
  KeyringDesk unlocked(Path home) {
    return LocalDesk.unlocked(home);
  }

  @AfterEach
  void leave() {
    desk.close();
  }

  @Test
  void namesEveryKey_whenTheSealingKeyIsGone() throws Exception {
    Desk.at(desk).withKeys("wallet-1", "wallet-2");
    desk.clear("application", "enclave");

    BackendFailure failure = refusal(Desk.at(desk));

    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure)
        .hasMessageContaining("None of its 2 keys (wallet-1, wallet-2) can be used without it")
        .hasMessageContaining("enclave keys reinitialise")
        .hasMessageContaining("enclave keys restore");
  }

  @Test
  void makesNoNewSealingKey_inPlaceOfOneThatIsGone() throws Exception {
    Desk.at(desk).withKeys("wallet-1");
    desk.clear("application", "enclave");

    refusal(Desk.at(desk));

    assertThat(desk.search("application", "enclave")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void tellsAChangedSealingKey(Change change) throws Exception {
    Desk.at(desk).withKeys("wallet-1");
    String[] attributes = {
      "xdg:schema", "dev.enclave.SealingKey", "application", "enclave", "store", storeId()
    };
    String key = desk.secret(attributes);
    desk.store("Enclave sealing key", change.of(key), attributes);

    BackendFailure failure = refusal(Desk.at(desk));

    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure.getMessage())
        .contains("is not the one it was made with", "Its only key (wallet-1) cannot be used");
  }

  /** Something done to the sealing key. */
  enum Change {
    ONE_BIT {
      @Override
      String of(String key) {
        return (key.charAt(0) == 'A' ? "B" : "A") + key.substring(1);
      }
    },
    SHORTER {
      @Override
      String of(String key) {
        return key.substring(4);
      }
    },
    NO_KEY_AT_ALL {
      @Override
      String of(String key) {
        return "not Base64!";
      }
    };

    abstract String of(String key);
  }

  private String storeId() {
    try {
      String parameters = Files.readString(Desk.directory(desk).resolve("store.json"));
      int start = parameters.indexOf("storeId") + 10;
      return parameters.substring(start, start + 32);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void findsADamagedPrivateKeyAtTheStart_andLeavesTheOthersUsable() throws Exception {
    Desk.at(desk).withKeys("wallet-1", "wallet-2");
    flip(record("wallet-1"), -5);

    try (SigningBackend backend = Desk.at(desk).open()) {
      List<Finding> findings = backend.health(Desk.call()).findings();

      assertThat(findings).hasSize(1);
      assertThat(findings.get(0).severity()).isEqualTo(Severity.WARNING);
      assertThat(findings.get(0).observed())
          .contains("Version 1 (ACTIVE) of key wallet-1 can sign nothing any more");
      assertThat(findings.get(0).fix()).contains("enclave keys restore");
      sign(backend, "wallet-2");
    }
  }

  @Test
  void findsADamagedHeadAtTheStart() throws Exception {
    Desk.at(desk).withKeys("wallet-1", "wallet-2");
    flip(record("wallet-1"), 30);

    try (SigningBackend backend = Desk.at(desk).open()) {
      assertThat(backend.health(Desk.call()).findings())
          .singleElement()
          .satisfies(
              f -> assertThat(f.observed()).startsWith("Key wallet-1 is lost, with all its"));
      sign(backend, "wallet-2");
    }
  }

  @Test
  void findsALostRecordAtTheStart() throws Exception {
    Desk.at(desk).withKeys("wallet-1");
    Files.move(record("wallet-1"), record("wallet-1").resolveSibling("moved.sealed"));

    try (SigningBackend backend = Desk.at(desk).open()) {
      assertThat(backend.health(Desk.call()).findings())
          .singleElement()
          .satisfies(
              f ->
                  assertThat(f.observed())
                      .startsWith("Key wallet-1 is lost, with all its")
                      .contains("no key.sealed"));
    }
  }

  @Test
  void reinitialises_onlyWhatIsBroken_andOnlyWithTheLossNamed() throws Exception {
    Desk store = Desk.at(desk).withKeys("wallet-1", "wallet-2");
    OsBackendProvider provider = new OsBackendProvider();
    List<KeyName> all = provider.atStake(store.context());
    assertThat(all).extracting(KeyName::value).containsExactly("wallet-1", "wallet-2");

    assertThat(refusal(() -> provider.reinitialise(store.context(), all)))
        .hasMessageContaining("opens, so nothing in it needs to be given up");

    desk.clear("application", "enclave");
    assertThat(refusal(() -> provider.reinitialise(store.context(), all.subList(0, 1))))
        .hasMessageContaining("Name exactly these");

    Path aside = Path.of(provider.reinitialise(store.context(), all));

    assertThat(aside.resolve("key-wallet-1/key.sealed")).exists();
    try (SigningBackend backend = store.open()) {
      assertThat(backend.health(Desk.call()).findings()).isEmpty();
      store.create(backend, "wallet-1");
    }
  }

  @Test
  void reinitialisesNothing_becauseTheKeyringIsLocked() throws Exception {
    Desk store = Desk.at(desk).withKeys("wallet-1");
    desk.lock();

    BackendFailure failure =
        refusal(
            () ->
                new OsBackendProvider()
                    .reinitialise(store.context(), List.of(KeyName.of("wallet-1"))));

    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(Desk.directory(desk).resolve("store.json")).exists();
  }

  @ParameterizedTest
  @EnumSource(names = {"STAGING", "PRODUCTION"})
  void signsWithNoDevelopmentKey_inAStricterEnvironment(EnvironmentType strict) throws Exception {
    Desk.at(desk).withKeys("wallet-1");

    try (SigningBackend backend = Desk.at(desk).in(strict).open()) {
      BackendFailure failure = refusal(() -> sign(backend, "wallet-1"));

      assertThat(failure.code()).isEqualTo(FailureCode.STAMP_MISMATCH);
    }
  }

  @Test
  void takesNoStoreOfTheSoftwareBackend() throws Exception {
    Desk.at(desk).withKeys("wallet-1");
    Path parameters = Desk.directory(desk).resolve("store.json");

    BackendFailure failure =
        refusal(
            () ->
                new dev.enclave.software.SoftwareBackendProvider()
                    .open(
                        dev.enclave.spi.backend.BackendContext.of(
                            new dev.enclave.spi.BackendSettings(
                                dev.enclave.BackendId.SOFTWARE,
                                java.util.Map.of("directory", Desk.directory(desk).toString())),
                            EnvironmentType.LOCAL,
                            desk.environment(),
                            Desk.at(desk).context().time(),
                            new java.security.SecureRandom())));

    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("Open it with backend os");
    assertThat(parameters).exists();
  }

  private static void sign(SigningBackend backend, String name) throws BackendFailure {
    KeySnapshot key = backend.load(KeyName.of(name), Desk.call());
    backend
        .capability(KeySigner.class)
        .orElseThrow()
        .sign(key.ref(key.versions().get(0)), Message.ofUtf8("pay"), Desk.call());
  }

  private Path record(String name) {
    return Desk.directory(desk).resolve("key-" + name).resolve("key.sealed");
  }

  /** Changes a byte, counted from the beginning, or from the end if negative. */
  private static void flip(Path file, int at) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[Math.floorMod(at, content.length)] ^= 1;
    Files.write(file, content);
  }

  /** Something that must be refused. */
  private interface Refused {
    void run() throws BackendFailure;
  }

  private static BackendFailure refusal(Refused work) {
    return catchThrowableOfType(BackendFailure.class, work::run);
  }

  private static BackendFailure refusal(Desk store) {
    return refusal(() -> store.open().close());
  }
}
