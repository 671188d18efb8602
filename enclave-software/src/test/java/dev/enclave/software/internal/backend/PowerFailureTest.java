package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.claim.OwnerRights;
import dev.enclave.software.internal.disk.Disk;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.disk.VolatileDisk;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.RawSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power fails after each single step on the disk, and of what was not made durable until then,
 * all is lost, or each one part of it, or nothing. Whatever had returned must be there.
 */
@Tag("full")
class PowerFailureTest {

  private static final KeyName OTHER = KeyName.of("wallet-2");
  private static final String OLD = "correct horse";
  private static final String NEW = "battery staple";

  /** A disk that syncs nothing, for what is looked at and thrown away. */
  private static final class HastyDisk extends Disk {
    @Override
    public void writeNew(Path file, byte[] content) throws IOException {
      Files.createFile(file, OwnerRights.file(file));
      Files.write(file, content);
    }

    @Override
    public void sync(Path directory) {}
  }

  private final Path scratch;
  private final TestStore store;
  private final VolatileDisk disk;
  private final List<Promise> promises = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private int images;

  PowerFailureTest(@TempDir Path scratch) throws Exception {
    this.scratch = scratch;
    Path root = Files.createDirectory(scratch.resolve("disk"));
    this.store = TestStore.local(root.resolve("some").resolve("where")).alone();
    this.disk = new VolatileDisk(root);
  }

  /** From a step on: the versions of a key, each with its state, or with one of two states. */
  private record Promise(int fromStep, KeyName key, Map<String, Expected> versions) {}

  private record Expected(KeyState state, Optional<PublicKeyInfo> publicKey) {}

  private SoftwareBackend open(TestStore where) throws BackendFailure {
    return where.openCheaply(new SecureFiles(new SecureRandom(), disk));
  }

  private static SoftwareBackend openHastily(TestStore where) throws BackendFailure {
    return where.openCheaply(new SecureFiles(new SecureRandom(), new HastyDisk()));
  }

  private void promise(KeySnapshot key) {
    Map<String, Expected> versions = new HashMap<>();
    key.versions()
        .forEach(v -> versions.put(v.id().value(), new Expected(v.state(), v.publicKey())));
    promises.add(new Promise(disk.steps(), key.name(), versions));
  }

  private KeySnapshot create(SoftwareBackend backend, KeyName name) throws BackendFailure {
    KeySnapshot key =
        backend.create(
            TestStore.request(name, "create-" + name, SigningAlgorithm.ED25519), TestStore.call());
    promise(key);
    return key;
  }

  private static RotateRequest rotation(String from) {
    return RotateRequest.of(
        TestStore.NAME, KeyVersionId.of(from), "rotate-" + from, KeyState.VERIFY_ONLY);
  }

  private KeySnapshot rotate(SoftwareBackend backend, String from) throws BackendFailure {
    KeyVersion next = backend.prepare(rotation(from), TestStore.call());
    promise(backend.load(TestStore.NAME, TestStore.call()));
    KeySnapshot rotated = backend.activate(rotation(from), next.id(), TestStore.call());
    promise(rotated);
    return rotated;
  }

  private void change(SoftwareBackend backend, KeySnapshot key, int index, KeyState state)
      throws BackendFailure {
    promise(backend.changeState(TestStore.ref(key, index), state, TestStore.call()));
  }

  private static void reseal(SoftwareBackend backend, String passphrase) throws BackendFailure {
    try (SecretBytes secret = SecretBytes.takeOver(passphrase.getBytes(StandardCharsets.UTF_8))) {
      backend.reseal(Optional.of(secret), TestStore.call());
    }
  }

  @Test
  void keepsWhatHadReturned_whileKeysAreCreatedRotatedAndDestroyed() throws Exception {
    try (SoftwareBackend backend = open(store)) {
      create(backend, TestStore.NAME);
      create(backend, OTHER);
      rotate(backend, "1");
      KeySnapshot rotated = rotate(backend, "2");
      change(backend, rotated, 1, KeyState.DISABLED);
      change(backend, rotated, 1, KeyState.VERIFY_ONLY);
      change(backend, rotated, 0, KeyState.DESTROYED);
    }
    checkEverySurvivor(store, List.of());
  }

  @Test
  void keepsWhatHadReturned_whileTheStoreIsResealed() throws Exception {
    TestStore sealed = store.with(SoftwareSettings.PASSPHRASE, OLD);
    int resealed;
    try (SoftwareBackend backend = open(sealed)) {
      create(backend, TestStore.NAME);
      create(backend, OTHER);
      rotate(backend, "1");
      reseal(backend, NEW);
      resealed = disk.steps();
      create(backend, KeyName.of("wallet-3"));
    }
    checkEverySurvivor(sealed, List.of(store.with(SoftwareSettings.PASSPHRASE, NEW)), resealed);
  }

  @Test
  void keepsWhatHadReturned_whileAKeyFileGivesWayToAPassphrase() throws Exception {
    int resealed;
    try (SoftwareBackend backend = open(store)) {
      create(backend, TestStore.NAME);
      reseal(backend, NEW);
      resealed = disk.steps();
    }
    checkEverySurvivor(store, List.of(store.with(SoftwareSettings.PASSPHRASE, NEW)), resealed);
  }

  @Test
  void keepsWhatHadReturned_whileAPassphraseGivesWayToAKeyFile() throws Exception {
    TestStore sealed = store.with(SoftwareSettings.PASSPHRASE, OLD);
    int resealed;
    try (SoftwareBackend backend = open(sealed)) {
      create(backend, TestStore.NAME);
      backend.reseal(Optional.empty(), TestStore.call());
      resealed = disk.steps();
    }
    checkEverySurvivor(sealed, List.of(store), resealed);
  }

  @Test
  void keepsWhatHadReturned_whileLeftoversAreCleared() throws Exception {
    Path half = store.layout().key(TestStore.NAME).resolve("key.sealed.0011.tmp");
    try (SoftwareBackend backend = open(store)) {
      create(backend, TestStore.NAME);
    }
    leaveARotationCutShort(half);
    try (SoftwareBackend backend = open(store)) {
      backend.prepare(rotation("1"), TestStore.call());
      promise(backend.load(TestStore.NAME, TestStore.call()));
    }
    assertThat(half).doesNotExist();
    checkEverySurvivor(store, List.of());
  }

  private void leaveARotationCutShort(Path half) throws Exception {
    disk.writeNew(half, new byte[3]);
    disk.sync(store.layout().key(TestStore.NAME));
  }

  private void checkEverySurvivor(TestStore opened, List<TestStore> later) throws Exception {
    checkEverySurvivor(opened, later, Integer.MAX_VALUE);
  }

  /**
   * @param later with what the store opens too, once a change of the passphrase has begun
   * @param changedBy the step by which it opens with nothing else
   */
  private void checkEverySurvivor(TestStore opened, List<TestStore> later, int changedBy)
      throws Exception {
    for (VolatileDisk.Moment moment : disk.moments()) {
      for (Map<Path, byte[]> image : VolatileDisk.survivors(moment)) {
        if (!seen.add(fingerprint(moment, image, changedBy))) {
          continue; // The same disk after another step, of which the same is expected.
        }
        Path root = Files.createDirectory(scratch.resolve("image-" + images++));
        disk.restore(image, root);
        Path directory =
            root.resolve(scratch.resolve("disk").relativize(opened.directory()).toString());
        List<TestStore> allowed =
            new ArrayList<>(moment.step() >= changedBy ? List.of() : List.of(opened.at(directory)));
        later.forEach(l -> allowed.add(l.at(directory)));
        check(moment, allowed);
        delete(root);
      }
    }
    System.out.println(
        "power failures: "
            + disk.steps()
            + " steps, "
            + images
            + " different disks that survive checked");
  }

  private String fingerprint(VolatileDisk.Moment moment, Map<Path, byte[]> image, int changedBy) {
    StringBuilder all = new StringBuilder();
    all.append(promises.stream().filter(p -> p.fromStep() <= moment.step()).count());
    all.append(moment.step() >= changedBy);
    image.forEach((path, content) -> all.append(path).append(Arrays.hashCode(content)));
    return all.toString();
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private void check(VolatileDisk.Moment moment, List<TestStore> allowed) throws Exception {
    String when =
        "after step " + moment.step() + " (" + moment.what() + "), lost of " + moment.pending();
    BackendFailure refusal = null;
    for (TestStore one : allowed) {
      try (SoftwareBackend backend = openHastily(one)) {
        checkKeys(moment.step(), one, backend, when);
        completeReseal(one, backend, when);
        return;
      } catch (BackendFailure e) {
        if (e.code() != FailureCode.MISCONFIGURED) {
          throw new AssertionError(when, e);
        }
        refusal = e;
      }
    }
    fail(when + ": opens with no passphrase: " + refusal);
  }

  private void completeReseal(TestStore where, SoftwareBackend backend, String when)
      throws Exception {
    boolean unfinished =
        backend.health(TestStore.call()).findings().stream()
            .anyMatch(f -> f.observed().contains("reseal"));
    if (!unfinished) {
      return;
    }
    String passphrase = where.settings().get(SoftwareSettings.PASSPHRASE);
    if (passphrase == null) {
      backend.reseal(Optional.empty(), TestStore.call());
    } else {
      reseal(backend, passphrase);
    }
    try (SoftwareBackend again = openHastily(where)) {
      assertThat(again.health(TestStore.call()).findings())
          .as(when)
          .noneMatch(f -> f.observed().contains("reseal"));
      for (KeyName name : again.list(TestStore.call())) {
        checkUsable(again, again.load(name, TestStore.call()), when);
      }
    }
  }

  private void checkKeys(int step, TestStore where, SoftwareBackend backend, String when)
      throws Exception {
    Map<KeyName, Promise> last = new HashMap<>();
    promises.stream().filter(p -> p.fromStep() <= step).forEach(p -> last.put(p.key(), p));
    Map<KeyName, Promise> next = new HashMap<>();
    for (int i = promises.size() - 1; i >= 0; i--) {
      if (promises.get(i).fromStep() > step) {
        next.put(promises.get(i).key(), promises.get(i));
      }
    }
    for (Promise kept : last.values()) {
      KeySnapshot key = backend.load(kept.key(), TestStore.call());
      checkKept(key, kept, next.getOrDefault(kept.key(), kept), when);
    }
    for (KeyName name : backend.list(TestStore.call())) {
      checkUsable(backend, backend.load(name, TestStore.call()), when);
      checkPrivateKeys(where, name);
    }
    // What was in flight can be done again.
    for (KeyName name : List.of(TestStore.NAME, OTHER)) {
      KeySnapshot again =
          backend.create(
              TestStore.request(name, "create-" + name, SigningAlgorithm.ED25519),
              TestStore.call());
      checkUsable(backend, again, when);
    }
  }

  /** As it was promised, or, where something was in flight, as that would have left it. */
  private static void checkKept(KeySnapshot key, Promise kept, Promise next, String when) {
    kept.versions()
        .forEach(
            (id, expected) -> {
              KeyVersion found = key.version(KeyVersionId.of(id)).orElseThrow();
              assertThat(found.publicKey()).as(when).isEqualTo(expected.publicKey());
              assertThat(found.state())
                  .as(when)
                  .isIn(expected.state(), next.versions().getOrDefault(id, expected).state());
            });
    assertThat(key.versions().size())
        .as(when)
        .isBetween(kept.versions().size(), next.versions().size());
  }

  private static void checkUsable(SoftwareBackend backend, KeySnapshot key, String when)
      throws Exception {
    assertThat(new HashSet<>(key.versions().stream().map(KeyVersion::id).toList()))
        .as(when)
        .hasSize(key.versions().size());
    KeyVersion active = key.active().orElseThrow();
    Message message = Message.ofUtf8("hello");
    RawSignature signature = backend.sign(key.ref(active), message, TestStore.call());
    assertThat(
            SignatureVerifier.of(active.publicKey().orElseThrow())
                .verify(message, signature.value(), signature.encoding()))
        .as(when)
        .isTrue();
  }

  /** Every version has its private key, but for the destroyed ones, which have none any more. */
  private static void checkPrivateKeys(TestStore where, KeyName name) throws Exception {
    try (StoreInspector inspector = StoreInspector.of(where)) {
      inspector.requireWhole(name);
    }
  }
}
