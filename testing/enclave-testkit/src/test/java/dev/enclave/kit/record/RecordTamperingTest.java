package dev.enclave.kit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.record.SealedRecord.Section;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Nobody who can write records can make one of them say something else. */
class RecordTamperingTest {

  private static final KeyName OTHER = KeyName.of("wallet-2");
  private static final Set<FailureCode> CLEAR =
      EnumSet.of(FailureCode.CORRUPT, FailureCode.STAMP_MISMATCH);

  private final Records records = new Records();
  private final KeySnapshot key;

  RecordTamperingTest() throws BackendFailure {
    try (RecordBackend backend = records.local()) {
      key = records.rotated(backend, Records.NAME);
      records.rotated(backend, OTHER);
    }
  }

  private Bytes content(KeyName name) {
    return records.stored.content(name).orElseThrow();
  }

  /** Takes every private half of the key out; what fails first, if anything does. */
  private Optional<BackendFailure> failure() {
    try (RecordBackend backend = records.local()) {
      backend.load(Records.NAME, records.call());
      backend
          .export(Records.NAME, records.call())
          .versions()
          .forEach(version -> version.material().ifPresent(SecretBytes::close));
      return Optional.empty();
    } catch (BackendFailure e) {
      return Optional.of(e);
    }
  }

  private void requireRefused(String what, Bytes changed) {
    Bytes whole = content(Records.NAME);
    assertThat(changed).as(what).isNotEqualTo(whole);
    records.stored.put(Records.NAME, changed);
    Optional<BackendFailure> failure = failure();
    assertThat(failure).as(what).isPresent();
    assertThat(CLEAR).as(what + ": " + failure.get().getMessage()).contains(failure.get().code());
    assertThat(failure.get().getMessage()).contains("wallet-1").contains("memory store-1/wallet-1");
    assertThat(content(Records.NAME)).as(what).isEqualTo(changed);
    records.stored.put(Records.NAME, whole);
    assertThat(failure()).as("the whole record again").isEmpty();
  }

  @Test
  void noticesEveryChangedByte() {
    byte[] whole = content(Records.NAME).toByteArray();
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      requireRefused("byte " + i, Bytes.of(changed));
    }
  }

  @Test
  void noticesWhatIsCutOff_orAdded() {
    byte[] whole = content(Records.NAME).toByteArray();
    for (int length = 0; length < whole.length; length += 7) {
      requireRefused("cut to " + length, Bytes.of(java.util.Arrays.copyOf(whole, length)));
    }
    requireRefused("longer", Bytes.of(java.util.Arrays.copyOf(whole, whole.length + 1)));
  }

  private Bytes changed(UnaryOperator<List<Section>> change) throws IOException {
    SealedRecord sealed = SealedRecord.parse(content(Records.NAME));
    return new SealedRecord(
            sealed.head(),
            sealed.dataKey(),
            sealed.headBytes(),
            change.apply(new ArrayList<>(sealed.sections())))
        .bytes();
  }

  private static List<Section> swapped(List<Section> sections, int one, int other) {
    Collections.swap(sections, one, other);
    return sections;
  }

  @Test
  void noticesSectionsThatChangedPlaces() throws Exception {
    requireRefused("versions", changed(sections -> swapped(sections, 1, 2)));
    requireRefused("manifest and version", changed(sections -> swapped(sections, 0, 1)));
  }

  @Test
  void noticesSectionsThatChangedLabels() throws Exception {
    requireRefused(
        "contents of versions",
        changed(
            sections -> {
              Section one = sections.get(1);
              Section other = sections.get(2);
              sections.set(1, new Section(one.label(), other.nonce(), other.ciphertext()));
              sections.set(2, new Section(other.label(), one.nonce(), one.ciphertext()));
              return sections;
            }));
  }

  @Test
  void noticesASectionThatIsGone_orThereTwice() throws Exception {
    for (int i = 0; i < 3; i++) {
      int gone = i;
      requireRefused(
          "without section " + i,
          changed(
              sections -> {
                sections.remove(gone);
                return sections;
              }));
      requireRefused(
          "section " + i + " twice",
          changed(
              sections -> {
                sections.add(sections.get(gone));
                return sections;
              }));
    }
  }

  @Test
  void noticesASectionOfAnotherRecord() throws Exception {
    List<Section> others = SealedRecord.parse(content(OTHER)).sections();
    for (int i = 0; i < 3; i++) {
      int place = i;
      requireRefused(
          "section " + i,
          changed(
              sections -> {
                Section own = sections.get(place);
                Section other = others.get(place);
                sections.set(place, new Section(own.label(), other.nonce(), other.ciphertext()));
                return sections;
              }));
      requireRefused(
          "section " + i + " with its label",
          changed(
              sections -> {
                sections.set(place, others.get(place));
                return sections;
              }));
    }
  }

  @Test
  void noticesTheRecordOfAnotherKey() {
    requireRefused("wallet-2", content(OTHER));
  }

  @Test
  void noticesTheHeadOfAnotherRecord() throws Exception {
    SealedRecord own = SealedRecord.parse(content(Records.NAME));
    SealedRecord other = SealedRecord.parse(content(OTHER));
    requireRefused(
        "another head",
        new SealedRecord(other.head(), other.dataKey(), other.headBytes(), own.sections()).bytes());
  }

  @Test
  void noticesTheRecordOfAnotherStore() throws Exception {
    Records elsewhere = new Records("store-2", records.kms);
    try (RecordBackend backend = elsewhere.local()) {
      elsewhere.rotated(backend, Records.NAME);
    }
    requireRefused("store-2", elsewhere.stored.content(Records.NAME).orElseThrow());
  }

  @Test
  void opensNoKeyOfAnotherEnvironment() {
    try (RecordBackend production =
        records.open(records.stored.local(), RecordKek.UNLIMITED, EnvironmentType.PRODUCTION)) {
      assertThat(
              catchThrowableOfType(BackendFailure.class, () -> records.sign(production, key))
                  .code())
          .isEqualTo(FailureCode.STAMP_MISMATCH);
    }
  }

  @Test
  void keepsOtherVersionsUsable_whenOneIsDamaged() throws Exception {
    records.stored.put(
        Records.NAME,
        changed(
            sections -> {
              Section old = sections.get(1);
              byte[] damaged = old.ciphertext().toByteArray();
              damaged[0] ^= 1;
              sections.set(1, new Section(old.label(), old.nonce(), Bytes.of(damaged)));
              return sections;
            }));
    try (RecordBackend backend = records.local()) {
      records.sign(backend, key);
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class,
                      () -> records.rotate(backend, Records.NAME, "2", "again"))
                  .getMessage())
          .contains("version 1");
      backend.changeState(key.ref(key.versions().get(0)), KeyState.DISABLED, records.call());
      backend.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, records.call());
      records.sign(backend, records.rotate(backend, Records.NAME, "2", "again"));
    }
  }

  @Test
  void refusesAnEarlierStateThanItHasSeen() throws Exception {
    Bytes earlier = content(Records.NAME);
    for (RecordBackend backend :
        List.of(records.local(), records.remote(java.time.Duration.ofMinutes(5)))) {
      try (backend) {
        records.stored.put(Records.NAME, earlier);
        KeyVersion old = key.versions().get(0);
        backend.changeState(key.ref(old), KeyState.DISABLED, records.call());
        records.stored.put(Records.NAME, earlier);
        BackendFailure failure =
            catchThrowableOfType(
                BackendFailure.class, () -> backend.load(Records.NAME, records.call()));
        assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
        assertThat(failure.getMessage()).contains("put back to an earlier state");
        assertThat(
                catchThrowableOfType(
                        BackendFailure.class,
                        () ->
                            backend.changeState(key.ref(old), KeyState.VERIFY_ONLY, records.call()))
                    .code())
            .isEqualTo(FailureCode.CORRUPT);
        assertThat(content(Records.NAME)).isEqualTo(earlier);
      }
    }
  }

  @Test
  void takesADestroyedPrivateHalfOutOfTheRecord() throws Exception {
    KeyVersion old = key.versions().get(0);
    Section half = SealedRecord.parse(content(Records.NAME)).sections().get(1);
    try (RecordBackend backend = records.local()) {
      backend.changeState(key.ref(old), KeyState.DESTROYED, records.call());
    }
    assertThat(content(Records.NAME).toHex()).doesNotContain(half.ciphertext().toHex());
    assertThat(SealedRecord.parse(content(Records.NAME)).sections()).hasSize(2);
    assertThat(failure()).isEmpty();
  }

  @Test
  void usesAFreshNonceForEveryManifest_andAFreshDataKeyForEveryRotation() throws Exception {
    SealedRecord first = SealedRecord.parse(content(Records.NAME));
    try (RecordBackend backend = records.local()) {
      KeyVersion old = key.versions().get(0);
      backend.changeState(key.ref(old), KeyState.DISABLED, records.call());
      SealedRecord second = SealedRecord.parse(content(Records.NAME));
      assertThat(second.headBytes()).isEqualTo(first.headBytes());
      assertThat(second.sections().get(0).nonce()).isNotEqualTo(first.sections().get(0).nonce());
      assertThat(second.sections().subList(1, 3)).isEqualTo(first.sections().subList(1, 3));
      records.rotate(backend, Records.NAME, "2", "again");
      SealedRecord third = SealedRecord.parse(content(Records.NAME));
      assertThat(third.dataKey()).isNotEqualTo(first.dataKey());
      assertThat(commitment(third)).isNotEqualTo(commitment(first));
    }
  }

  /** The end of the head, which commits to the data key. */
  private static Bytes commitment(SealedRecord record) {
    byte[] head = record.headBytes().toByteArray();
    return Bytes.of(java.util.Arrays.copyOfRange(head, head.length - 32, head.length));
  }
}
