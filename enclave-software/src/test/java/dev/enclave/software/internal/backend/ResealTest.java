package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.MasterKeys;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.software.internal.sealing.MasterKeyring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResealTest {

  private static final KeyName OTHER = KeyName.of("wallet-2");

  private final TestStore plain;
  private final TestStore old;
  private final TestStore renewed;

  ResealTest(@TempDir Path temporary) {
    plain = TestStore.local(temporary);
    old = plain.with(SoftwareSettings.PASSPHRASE, "correct horse");
    renewed = plain.with(SoftwareSettings.PASSPHRASE, "battery staple");
  }

  private static void reseal(SoftwareBackend backend, String passphrase) throws BackendFailure {
    try (SecretBytes secret = SecretBytes.takeOver(passphrase.getBytes(StandardCharsets.UTF_8))) {
      backend.reseal(Optional.of(secret), TestStore.call());
    }
  }

  private static void sign(SoftwareBackend backend, KeySnapshot key) throws BackendFailure {
    backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
  }

  private static BackendFailure refusal(TestStore store) {
    return catchThrowableOfType(BackendFailure.class, () -> store.openCheaply().close());
  }

  private StoreParameters parameters() throws Exception {
    Path file = plain.layout().parameters();
    return StoreParameters.parse(Files.readAllBytes(file), file);
  }

  /** The ids of the master keys under which the files of all keys are sealed. */
  private List<String> mastersInUse() throws Exception {
    List<String> masters = new ArrayList<>();
    try (Stream<Path> files = Files.walk(plain.directory())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sealed")).toList()) {
        masters.add(RecordFile.of(file).kek());
      }
    }
    return masters.stream().distinct().toList();
  }

  private KeySnapshot twoKeys(TestStore store) throws BackendFailure {
    try (SoftwareBackend backend = store.openCheaply()) {
      TestStore.create(backend, OTHER);
      return TestStore.create(backend, TestStore.NAME);
    }
  }

  @Test
  void opensWithTheNewPassphraseAlone() throws Exception {
    KeySnapshot key = twoKeys(old);
    try (SoftwareBackend backend = old.openCheaply()) {
      reseal(backend, "battery staple");
      sign(backend, key);
    }
    assertThat(refusal(old).code()).isEqualTo(FailureCode.MISCONFIGURED);
    try (SoftwareBackend backend = renewed.openCheaply()) {
      assertThat(backend.load(TestStore.NAME, TestStore.call())).isEqualTo(key);
      sign(backend, key);
    }
  }

  @Test
  void leavesNothingUnderTheOldMasterKey() throws Exception {
    twoKeys(old);
    String before = parameters().current();
    try (SoftwareBackend backend = old.openCheaply()) {
      reseal(backend, "correct horse");
    }
    assertThat(parameters().masterKeys()).hasSize(1).doesNotContain(before);
    assertThat(mastersInUse()).containsExactly(parameters().current());
  }

  @Test
  void givesAPassphraseToAStoreWithoutOne_andTakesItAway() throws Exception {
    KeySnapshot key = twoKeys(plain);
    try (SoftwareBackend backend = plain.openCheaply()) {
      reseal(backend, "battery staple");
    }
    assertThat(plain.layout().masterKey()).doesNotExist();
    try (SoftwareBackend backend = renewed.in(EnvironmentType.DEVELOPMENT).openCheaply()) {
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class,
                      () -> backend.reseal(Optional.empty(), TestStore.call()))
                  .code())
          .isEqualTo(FailureCode.REFUSED);
    }
    try (SoftwareBackend backend = renewed.openCheaply()) {
      backend.reseal(Optional.empty(), TestStore.call());
    }
    try (SoftwareBackend backend = plain.openCheaply()) {
      sign(backend, key);
    }
  }

  @Test
  void deletesTheKeyFileThatACutShortResealLeft() throws Exception {
    twoKeys(plain);
    byte[] keyFile = Files.readAllBytes(plain.layout().masterKey());
    try (SoftwareBackend backend = plain.openCheaply()) {
      reseal(backend, "battery staple");
    }
    new SecureFiles(new SecureRandom()).replace(plain.layout().masterKey(), keyFile);
    renewed.in(EnvironmentType.STAGING).openCheaply().close();
    assertThat(plain.layout().masterKey()).doesNotExist();
  }

  @Test
  void tellsAnotherProcessToRestart_andLetsItWriteNothing() throws Exception {
    KeySnapshot key = twoKeys(old);
    try (SoftwareBackend other = old.openCheaply();
        SoftwareBackend backend = old.openCheaply()) {
      reseal(backend, "battery staple");
      List<BackendFailure> failures =
          List.of(
              catchThrowableOfType(BackendFailure.class, () -> sign(other, key)),
              catchThrowableOfType(
                  BackendFailure.class, () -> TestStore.create(other, KeyName.of("wallet-3"))),
              catchThrowableOfType(
                  BackendFailure.class,
                  () ->
                      other.changeState(
                          TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call())));
      assertThat(failures)
          .allSatisfy(f -> assertThat(f.code()).isEqualTo(FailureCode.MISCONFIGURED))
          .allSatisfy(f -> assertThat(f).hasMessageContaining("Restart"));
    }
    assertThat(mastersInUse()).containsExactly(parameters().current());
    try (SoftwareBackend backend = renewed.openCheaply()) {
      assertThat(backend.list(TestStore.call())).containsExactly(TestStore.NAME, OTHER);
      TestStore.create(backend, KeyName.of("wallet-3"));
    }
  }

  /** A disk that refuses to replace a file after some were replaced. */
  private static final class FailingFiles extends SecureFiles {
    private int remaining;

    FailingFiles(int remaining) {
      super(new SecureRandom());
      this.remaining = remaining;
    }

    @Override
    public void replace(Path target, byte[] content) throws IOException {
      if (remaining-- <= 0) {
        throw new IOException("no space");
      }
      super.replace(target, content);
    }
  }

  @Test
  void completesWhatWasCutShort_andLetsOthersGoOnMeanwhile() throws Exception {
    KeySnapshot key = twoKeys(old);
    try (SoftwareBackend backend = old.openCheaply(new FailingFiles(2))) {
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> reseal(backend, "battery staple"));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    }
    assertThat(parameters().masterKeys()).hasSize(2);
    String target = parameters().current();
    try (SoftwareBackend backend = renewed.openCheaply()) {
      assertThat(backend.health(TestStore.call()).findings())
          .anySatisfy(f -> assertThat(f.observed()).contains("reseal"));
      sign(backend, key);
      TestStore.create(backend, KeyName.of("wallet-3"));
      reseal(backend, "battery staple");
      assertThat(backend.health(TestStore.call()).findings()).isEmpty();
    }
    assertThat(parameters().masterKeys()).as("goes on where it stopped").containsExactly(target);
    assertThat(mastersInUse()).containsExactly(target);
  }

  @Test
  void beginsAnew_whenTheUnfinishedOneHadAnotherPassphrase() throws Exception {
    twoKeys(old);
    try (SoftwareBackend backend = old.openCheaply(new FailingFiles(2))) {
      assertThat(catchThrowableOfType(BackendFailure.class, () -> reseal(backend, "leaked")))
          .isNotNull();
    }
    String leaked = parameters().current();
    try (SoftwareBackend backend =
        plain.with(SoftwareSettings.PASSPHRASE, "leaked").openCheaply()) {
      reseal(backend, "battery staple");
    }
    assertThat(parameters().masterKeys()).hasSize(1).doesNotContain(leaked);
    assertThat(mastersInUse()).containsExactly(parameters().current());
    renewed.openCheaply().close();
  }

  @Test
  void keepsTheOldMasterKeyForAKeyThatCannotBeRead() throws Exception {
    KeySnapshot key = twoKeys(old);
    byte[] whole = Files.readAllBytes(plain.layout().record(OTHER));
    byte[] damaged = whole.clone();
    damaged[damaged.length - 1] ^= 1;
    Files.write(plain.layout().record(OTHER), damaged);
    try (SoftwareBackend backend = old.openCheaply()) {
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> reseal(backend, "battery staple"));
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure)
          .hasMessageContaining(plain.layout().record(OTHER).toString())
          .hasMessageContaining("reseal again");
    }
    Files.write(plain.layout().record(OTHER), whole);
    try (SoftwareBackend backend = renewed.openCheaply()) {
      sign(backend, key);
      backend.load(OTHER, TestStore.call());
      reseal(backend, "battery staple");
    }
    assertThat(parameters().masterKeys()).hasSize(1);
    assertThat(mastersInUse()).containsExactly(parameters().current());
  }

  @Test
  void losesNoKeyThatOthersCreateMeanwhile() throws Exception {
    twoKeys(old);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    CountDownLatch begun = new CountDownLatch(2);
    AtomicBoolean resealed = new AtomicBoolean();
    try (SoftwareBackend backend = old.openCheaply();
        SoftwareBackend other = old.openCheaply()) {
      Future<List<KeyName>> own = threads.submit(creating(backend, "own-", begun, resealed));
      Future<List<KeyName>> others = threads.submit(creating(other, "other-", begun, resealed));
      assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
      for (int i = 0; i < 5; i++) {
        reseal(backend, "battery staple");
      }
      resealed.set(true);
      List<KeyName> created = new ArrayList<>(own.get());
      created.addAll(others.get());
      assertThat(own.get()).isNotEmpty();
      assertThat(mastersInUse()).containsExactly(parameters().current());
      try (SoftwareBackend again = renewed.openCheaply()) {
        for (KeyName name : created) {
          sign(again, again.load(name, TestStore.call()));
        }
        assertThat(again.list(TestStore.call())).containsAll(created);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Callable<List<KeyName>> creating(
      SoftwareBackend backend, String prefix, CountDownLatch begun, AtomicBoolean end) {
    return () -> {
      List<KeyName> created = new ArrayList<>();
      while (!end.get()) {
        KeyName name = KeyName.of(prefix + created.size());
        try {
          TestStore.create(backend, name);
          created.add(name);
          if (created.size() == 1) {
            begun.countDown();
          }
        } catch (BackendFailure e) {
          assertThat(e.code()).as(e.getMessage()).isEqualTo(FailureCode.MISCONFIGURED);
          return created;
        }
      }
      return created;
    };
  }

  @Test
  void putsNeitherPassphraseNorMasterKeyOnDisk() throws Exception {
    twoKeys(old);
    byte[] material;
    try (SoftwareBackend backend = old.openCheaply()) {
      reseal(backend, "battery staple");
    }
    MasterKeys masterKeys =
        new MasterKeys(
            new SecureFiles(new SecureRandom()),
            plain.layout(),
            TestStore.CHEAP,
            new SecureRandom(),
            Optional.empty());
    try (SecretBytes passphrase =
            SecretBytes.takeOver("battery staple".getBytes(StandardCharsets.UTF_8));
        MasterKeys.Protector protector =
            masterKeys.protector(parameters(), Optional.of(passphrase));
        MasterKeyring masters = masterKeys.unseal(protector, parameters()).orElseThrow();
        SecretBytes secret = masters.find(masters.first()).orElseThrow().encode()) {
      material = secret.exposeSecret();
    }
    try (Stream<Path> files = Files.walk(plain.directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content)
            .doesNotContain("battery")
            .doesNotContain(HexFormat.of().formatHex(material))
            .doesNotContain(new String(material, StandardCharsets.ISO_8859_1));
      }
    }
  }
}
