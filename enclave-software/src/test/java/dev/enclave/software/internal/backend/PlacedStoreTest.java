package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.PassphraseCost;
import dev.enclave.software.store.SealingKeyPlace;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.Resealer;
import dev.enclave.spi.backend.SigningBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose sealing key lies in a place of a test's own. */
class PlacedStoreTest {

  private final Place place = new Place();
  private final StoreKind kind =
      StoreKind.sealedBy(place, BackendId.OS, Assurance.OS_SEALED, environment -> Optional.empty());
  private final BackendContext context;

  PlacedStoreTest(@TempDir Path folder) {
    BackendContext plain = TestStore.local(folder).context();
    context =
        BackendContext.of(
            new BackendSettings(BackendId.OS, Map.of("directory", folder + "/keys")),
            plain.environment(),
            plain.snapshot(),
            plain.time(),
            new SecureRandom());
  }

  /** Keys in a map. */
  private static final class Place implements SealingKeyPlace {

    private final Map<String, byte[]> keys = new HashMap<>();
    private boolean locked;

    @Override
    public String title() {
      return "the drawer";
    }

    @Override
    public String recovery() {
      return "Look under the table.";
    }

    @Override
    public void keep(String storeId, SecretBytes key) {
      keys.put(storeId, key.exposeSecret());
    }

    @Override
    public Optional<SecretBytes> find(String storeId) {
      return Optional.ofNullable(keys.get(storeId)).map(byte[]::clone).map(SecretBytes::takeOver);
    }

    @Override
    public boolean has(String storeId) {
      return keys.containsKey(storeId);
    }

    @Override
    public void remove(String storeId) throws BackendFailure {
      if (locked) {
        throw BackendFailure.permanent(FailureCode.ACCESS_DENIED, "The drawer is locked.");
      }
      keys.remove(storeId);
    }
  }

  private BackendFailure refusal() {
    return catchThrowableOfType(
        BackendFailure.class, () -> StoreOpener.open(context, kind).close());
  }

  @Test
  void opensAgainByTheSameKey_andReportsTheKindsAssurance() throws Exception {
    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      assertThat(backend.capability(Resealer.class)).isEmpty();
      backend
          .capability(KeyCreator.class)
          .orElseThrow()
          .create(TestStore.request(TestStore.NAME, "create"), TestStore.call());
    }
    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      assertThat(key.versions()).extracting(v -> v.assurance()).containsOnly(Assurance.OS_SEALED);
      assertThat(backend.describe().id()).isEqualTo(BackendId.OS);
    }
    assertThat(place.keys).hasSize(1);
  }

  @Test
  void leavesNoSealingKeyBehind_whenTheStoreCannotBeWritten() {
    SecureFiles full =
        new SecureFiles(new SecureRandom()) {
          @Override
          public void replace(Path target, byte[] content) throws IOException {
            throw new IOException("no space left");
          }
        };

    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> StoreOpener.open(context, full, kind, PassphraseCost.RECOMMENDED).close());

    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(place.keys).isEmpty();
  }

  @Test
  void keepsTheSealingKeyOfAStoreThatIsWritten_whenItCannotBeMadeDurable() throws Exception {
    SecureFiles unsynced =
        new SecureFiles(new SecureRandom()) {
          @Override
          public void syncWithParent(Path directory) throws IOException {
            throw new IOException("input/output error");
          }
        };

    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> StoreOpener.open(context, unsynced, kind, PassphraseCost.RECOMMENDED).close());

    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    StoreOpener.open(context, kind).close();
  }

  @Test
  void saysWhatIsLost_whenTheSealingKeyIsGone() throws Exception {
    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      backend
          .capability(KeyCreator.class)
          .orElseThrow()
          .create(TestStore.request(TestStore.NAME, "create"), TestStore.call());
    }
    place.keys.clear();

    BackendFailure failure = refusal();

    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure)
        .hasMessageContaining("the drawer has no sealing key")
        .hasMessageContaining("Its only key (wallet-1) cannot be used without it")
        .hasMessageContaining("Look under the table.");
    assertThat(place.keys).isEmpty();
  }

  @Test
  void tellsAnotherKeyFromTheRightOne() throws Exception {
    StoreOpener.open(context, kind).close();
    place.keys.replaceAll((store, key) -> new byte[32]);

    assertThat(refusal())
        .hasMessageContaining("is not the one it was made with")
        .hasMessageContaining("There are no keys in it.");
  }

  @Test
  void isRemovedWithItsSealingKey_onceEveryKeyIsDestroyed() throws Exception {
    KeySnapshot key;
    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      key =
          backend
              .capability(KeyCreator.class)
              .orElseThrow()
              .create(TestStore.request(TestStore.NAME, "create"), TestStore.call());
    }

    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> StoreRemoval.of(context, kind).run());
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("Key wallet-1", "enclave keys destroy");
    assertThat(place.keys).hasSize(1);

    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      backend
          .capability(KeyStateChanger.class)
          .orElseThrow()
          .changeState(TestStore.ref(key, 0), KeyState.DESTROYED, TestStore.call());
    }
    StoreRemoval.of(context, kind).run();

    assertThat(place.keys).isEmpty();
    assertThat(Path.of(context.settings().require("directory"))).doesNotExist();
    StoreRemoval.of(context, kind).run();
  }

  @Test
  void isRemovedWithItsStatementKey_whichNobodyCanDestroy() throws Exception {
    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      backend
          .capability(KeyCreator.class)
          .orElseThrow()
          .create(
              TestStore.request(KeyName.of("enclave-statements-local"), "create"),
              TestStore.call());
    }

    StoreRemoval.of(context, kind).run();

    assertThat(place.keys).isEmpty();
    assertThat(Path.of(context.settings().require("directory"))).doesNotExist();
  }

  @Test
  void isRemovedByARepetition_whenTheSealingKeyCouldNotBe() throws Exception {
    StoreOpener.open(context, kind).close();
    Path directory = Path.of(context.settings().require("directory"));
    place.locked = true;
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> StoreRemoval.of(context, kind).run());
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure).hasMessageContaining("The drawer is locked.");

    place.locked = false;
    StoreRemoval.of(context, kind).run();

    assertThat(place.keys).isEmpty();
    assertThat(directory.getParent()).isEmptyDirectory();
  }
}
