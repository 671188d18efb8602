package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationWay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process that runs a migration ends at some request to either side, before the request is
 * carried out or after it; another process runs the same plan. The short form has one pair and one
 * request of six; the long form has every request of every pair that sends any, by both ways.
 */
@Tag("needs-openssl")
@Tag("full")
class MigrationKillsTest {

  private static final boolean LONG = Boolean.getBoolean("enclave.soak.migration-kills");

  private static final int EVERY = LONG ? 1 : 6;

  private int lives;
  private int retired;

  static Stream<Arguments> pairs() {
    return LONG
        ? Stream.of(MigrationWay.values())
            .flatMap(
                way ->
                    SixPlaces.ALL.stream()
                        .filter(source -> way == MigrationWay.SUCCESSION || givesKeysOut(source))
                        .flatMap(
                            source ->
                                SixPlaces.ALL.stream()
                                    .filter(target -> sendsRequests(source, target))
                                    .map(target -> Arguments.of(source, target, way))))
        : Stream.of(Arguments.of(BackendId.SOFTWARE, BackendId.AWS_KMS, MigrationWay.SUCCESSION));
  }

  private static boolean givesKeysOut(BackendId source) {
    return Set.of(BackendId.SOFTWARE, BackendId.OS, BackendId.KUBERNETES).contains(source);
  }

  private static boolean sendsRequests(BackendId source, BackendId target) {
    return !target.equals(source)
        && !Set.of(BackendId.SOFTWARE, BackendId.OS).containsAll(Set.of(source, target));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void anotherProcessFinishesIt_whicheverRequestWasTheLast(
      BackendId source, BackendId target, MigrationWay way, @TempDir Path folder) throws Exception {
    try (SixPlaces places = new SixPlaces(folder, Set.of(source, target))) {
      int last = 0;
      boolean whole = false;
      while (!whole) {
        whole = isFinished(places, source, target, way, folder, last, false);
        isFinished(places, source, target, way, folder, last, true);
        last += EVERY;
      }
      System.out.println(
          ("%s to %s by %s: %s runs cut short at one of the first %s requests, %s with the old key"
                  + " retired")
              .formatted(source, target, way, lives, last, retired));
    }
    assertThat(lives).isGreaterThan(2);
  }

  /** Whether the run had ended before the cut. */
  private boolean isFinished(
      SixPlaces places,
      BackendId source,
      BackendId target,
      MigrationWay way,
      Path folder,
      int last,
      boolean applied)
      throws IOException {
    MigrationProposal proposal;
    SignatureValue before;
    places.cut.none();
    try (Enclave enclave = places.open(source)) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("wallet-" + lives++).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      before = Migrated.sign(key);
      proposal =
          MigrationProposal.unsigned(enclave.admin().migrations().plan(key.handle(), target, way));
    }
    List<MigrationRecord> records = new ArrayList<>();
    places.cut.after(last, applied);
    Throwable cutShort =
        catchThrowable(
            () -> {
              try (Enclave enclave = places.open(source)) {
                enclave.admin().migrations().run(proposal, records::add);
              }
            });
    boolean whole = places.cut.seen() <= last;
    places.cut.none();
    assertThat(cutShort == null || cutShort instanceof EnclaveException)
        .as("%s", cutShort)
        .isTrue();
    assertThat(whole && cutShort != null).as("%s", cutShort).isFalse();
    try (Enclave another = places.open(source)) {
      finish(another, proposal, records);
      assertThat(records).extracting(MigrationRecord::to).containsOnly(records.get(0).to());
      new Migrated(folder).require(another, records.get(records.size() - 1), before);
    }
    try (Enclave there = places.open(target)) {
      assertThat(there.admin().keyNames())
          .filteredOn(name -> name.equals(proposal.plan().key().name()))
          .hasSize(1);
    }
    return whole;
  }

  private void finish(Enclave another, MigrationProposal proposal, List<MigrationRecord> records) {
    KeyHandle old = proposal.plan().key();
    if (another.admin().key(old).info().active().isPresent()) {
      Migrated.sign(another.signingKeys().key(old));
      another.admin().migrations().run(proposal, records::add);
      return;
    }
    retired++;
    assertThat(records).as("a record was kept before the old key was retired").isNotEmpty();
    assertThat(catchThrowable(() -> another.admin().migrations().run(proposal, records::add)))
        .isInstanceOfSatisfying(
            EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPROVAL_USED));
  }
}
