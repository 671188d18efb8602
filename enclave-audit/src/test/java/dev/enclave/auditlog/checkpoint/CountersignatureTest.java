package dev.enclave.auditlog.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.SigningAlgorithm;
import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.check.ConsistencyProof;
import dev.enclave.auditlog.check.LogProver;
import dev.enclave.auditlog.check.RecordProof;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.HandBackend;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody can forge who has one of the two keys of a countersigned log, or both. */
final class CountersignatureTest {

  private static final int RECORDS = 20;

  // Held, since a logger that nobody holds forgets its level: a warning is expected.
  private final Logger logger = Logger.getLogger("dev.enclave.audit");
  private final AuditLogSettings settings = Logs.settings(new HandTime(), 2_000, Optional.empty());
  private final HandBackend backend = new HandBackend();
  private final Path directory;
  private final Path elsewhere;

  CountersignatureTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
    this.elsewhere = parent.resolve("elsewhere");
  }

  @BeforeEach
  void makeALog() throws IOException {
    logger.setLevel(Level.OFF);
    use(1, RECORDS);
  }

  @AfterEach
  void tellAgain() {
    logger.setLevel(null);
  }

  private void use(int from, int to) throws IOException {
    try (FileAuditSink sink = FileAuditSink.open(directory, settings)) {
      sink.countersignedBy(backend);
      sink.settleCountersigner();
      for (int i = from; i <= to; i++) {
        sink.append(Events.numbered(i), Durability.DURABLE);
      }
    }
  }

  @Test
  void everyCheckpointHasBothSignatures_andTheFirstNamesTheCountersigner() throws IOException {
    AuditVerification found = AuditLogVerifier.verify(directory);

    assertThat(found.problem()).isEmpty();
    assertThat(found.countersigned().orElseThrow().from()).isEqualTo(1);
    assertThat(found.countersigned().orElseThrow().checked()).isTrue();
    assertThat(Logs.key(directory)).endsWith(found.countersigned().orElseThrow().by());
    assertThat(notes()).hasSizeGreaterThan(1).allMatch(n -> n.note().signatures().size() == 2);
  }

  @Test
  void aRemovalSignedWithTheLogsOwnKeyAlone_isFound_andSignedByNobodyWhoOpensTheLog()
      throws IOException {
    byte[] before = Files.readAllBytes(directory.resolve(CheckpointFile.NAME));
    remove(true, false);

    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("it is not signed by " + countersigner().text());
    FileAuditSink.open(directory, settings).close();
    assertThat(directory.resolve(CheckpointFile.NAME)).hasBinaryContent(before);
    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("lane-0.jsonl is missing");
  }

  @Test
  void aRemovalSignedWithTheBackendsKeyAlone_isFound() throws IOException {
    remove(false, true);

    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("it is not signed by " + keys().own().text());
  }

  /** The limit: only a checkpoint that was kept outside finds what both keys have signed. */
  @Test
  void aRemovalSignedWithBothKeys_isNotFoundByThePublicKeys() throws IOException {
    remove(true, true);

    assertThat(verified(keys()).problem()).isEmpty();
  }

  @Test
  void recordsRewrittenAndAllSignedAnewWithTheLogsOwnKeyAlone_areFoundByThePublicKeys()
      throws IOException {
    VerifierKeys kept = keys();
    rewriteWithoutCountersigner();

    assertThat(AuditLogVerifier.verify(directory).problem()).as("nothing is left").isEmpty();
    assertThat(verified(kept).problem().orElseThrow())
        .contains("it is not countersigned", kept.countersigner().orElseThrow().text());
  }

  @Test
  void recordsRewrittenAndAllSignedAnew_areFound_whenTheLineOfTheCountersignerIsLeft()
      throws IOException {
    String published = Files.readString(directory.resolve(LogIdentity.PUBLIC));
    rewriteWithoutCountersigner();
    Files.writeString(directory.resolve(LogIdentity.PUBLIC), published);

    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("it is not countersigned");
    assertThatThrownBy(() -> FileAuditSink.open(directory, settings))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("it is not countersigned");
  }

  /** Nothing beside the checkpoints unmakes the naming. */
  @Test
  void theNamingOutlivesThePublicKeysFile() throws IOException {
    Files.writeString(directory.resolve(LogIdentity.PUBLIC), keys().own().text() + "\n");
    remove(true, false);

    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains(
            "it is not signed by "
                + notes().get(0).head().countersigner().orElseThrow().key().text());
  }

  @Test
  void aCheckpointThatNamesNobodyAfterOneThatDid_isFound() throws IOException {
    append(
        head ->
            new LogHead(
                head.at(), Optional.empty(), head.lanes(), head.removed(), head.retention()),
        true,
        true);

    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("it does not name the countersigner of the one before it");
  }

  @Test
  void aCheckpointThatNamesAnotherCountersigner_isFound() throws IOException {
    VerifierKey other =
        new VerifierKey(
            keys().log(),
            LocalKey.generate(SigningAlgorithm.ED25519, new SecureRandom())
                .publicKey()
                .orElseThrow());
    append(
        head ->
            new LogHead(
                head.at(),
                head.countersigner().map(c -> new Countersigner(other, c.handle(), c.version())),
                head.lanes(),
                head.removed(),
                head.retention()),
        true,
        true);

    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("it is countersigned by " + other.text());
  }

  @Test
  void checkpointsSignedWithAnotherKeyThanTheKeptOne_areFoundByTheKeptOne() throws IOException {
    VerifierKeys kept = keys();
    LocalKey other = LocalKey.generate(SigningAlgorithm.ED25519, new SecureRandom());
    VerifierKey own = new VerifierKey(kept.log(), other.publicKey().orElseThrow());
    rewriteWithoutCountersigner();
    List<Checkpoint> forged = notes();
    Files.delete(directory.resolve(CheckpointFile.NAME));
    for (Checkpoint one : forged) {
      byte[] text = one.note().text().getBytes(StandardCharsets.UTF_8);
      add(
          SignedNote.unsigned(one.note().text())
              .signedBy(own, other.sign(dev.enclave.Message.of(text)).toByteArray()));
    }
    Files.writeString(directory.resolve(LogIdentity.PUBLIC), own.text() + "\n");

    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
    assertThat(verified(new VerifierKeys(kept.own(), Optional.empty())).problem().orElseThrow())
        .contains("it is not signed by " + kept.own().text());
  }

  @Test
  void aCheckpointWithoutItsCountersignatureIsProvenBadByAKeptCopyOfIt() throws IOException {
    Checkpoint kept = Logs.newest(directory);
    Checkpoint stripped =
        Checkpoint.of(new SignedNote(kept.note().text(), kept.note().signatures().subList(0, 1)));

    assertThatThrownBy(() -> SignatureCheck.of(keys()).require(stripped))
        .isInstanceOf(MalformedNoteException.class)
        .hasMessage("it is not signed by " + countersigner().text());
  }

  @Test
  void everySingleByteChangeOfTheCheckpointsAndThePublicKeysIsFound() throws IOException {
    Logs.clear(directory);
    use(1, 1);
    for (String name : List.of(CheckpointFile.NAME, LogIdentity.PUBLIC)) {
      Path file = directory.resolve(name);
      byte[] content = Files.readAllBytes(file);
      for (int at = 0; at < content.length - 1; at++) {
        byte[] changed = content.clone();
        changed[at] ^= (byte) (1 << (at % 8));
        Files.write(file, changed);
        assertThat(AuditLogVerifier.verify(directory).problem()).as(name + " " + at).isPresent();
      }
      Files.write(file, content);
    }
  }

  @Test
  void aCheckpointThatACrashHasCutIsMadeAgain_andThoseBeforeItStay() throws IOException {
    byte[] content = Files.readAllBytes(directory.resolve(CheckpointFile.NAME));
    List<Checkpoint> notes = notes();
    int last = notes.get(notes.size() - 1).note().encoded().length;
    for (int length = content.length - last; length < content.length; length += 5) {
      Files.write(directory.resolve(CheckpointFile.NAME), Arrays.copyOf(content, length));
      use(1, 0);
      List<Checkpoint> again = notes();
      assertThat(again).as("cut at %d", length).hasSameSizeAs(notes).startsWith(notes.get(0));
      assertThat(again.subList(0, again.size() - 1))
          .as("cut at %d", length)
          .isEqualTo(notes.subList(0, notes.size() - 1));
      assertThat(AuditLogVerifier.verify(directory).problem()).as("cut at %d", length).isEmpty();
    }
  }

  @Test
  void aForgedCheckpointBeforeATornOne_stopsTheOpening_andIsSignedByNobody() throws IOException {
    int number = notes().size() + 1;
    remove(true, false);
    add("torn\n".getBytes(StandardCharsets.UTF_8));
    byte[] forged = Files.readAllBytes(directory.resolve(CheckpointFile.NAME));

    assertThatThrownBy(() -> FileAuditSink.open(directory, settings))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(
            "checkpoints number " + number + ": it is not signed by " + countersigner().text());
    assertThat(directory.resolve(CheckpointFile.NAME)).hasBinaryContent(forged);
  }

  @Test
  void aForgedCheckpointStopsEveryLaterCheckpointOfARunningProcess() throws IOException {
    try (FileAuditSink sink = FileAuditSink.open(directory, settings)) {
      sink.countersignedBy(backend);
      remove(true, false);
      add("torn\n".getBytes(StandardCharsets.UTF_8));
      byte[] forged = Files.readAllBytes(directory.resolve(CheckpointFile.NAME));

      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(sink::checkpoint)
            .isInstanceOf(CorruptLogException.class)
            .hasMessageContaining("it is not signed by " + countersigner().text());
      }
      assertThat(directory.resolve(CheckpointFile.NAME)).hasBinaryContent(forged);
    }
  }

  @Test
  void refusesToOpen_whenThePublicKeysNameAnotherCountersignerThanTheCheckpoints()
      throws IOException {
    VerifierKey other =
        new VerifierKey(keys().log(), HandBackend.fresh().publicKey().orElseThrow());
    Files.writeString(
        directory.resolve(LogIdentity.PUBLIC),
        new VerifierKeys(keys().own(), Optional.of(other)).text());

    assertThatThrownBy(() -> FileAuditSink.open(directory, settings))
        .isInstanceOf(CorruptLogException.class)
        .hasMessage("checkpoint.pub names another countersigner than the checkpoints");
  }

  @Test
  void aProcessThatMayNameNobody_countersignsOnceAnotherHasNamedTheCountersigner()
      throws IOException {
    Logs.clear(directory);
    try (FileAuditSink sink = FileAuditSink.open(directory, settings)) {
      sink.countersignedIfNamedBy(backend);
      sink.append(Events.numbered(1), Durability.DURABLE);
      sink.checkpoint();
      assertThat(sink.countersigner()).isEmpty();

      use(2, 3);
      sink.append(Events.numbered(4), Durability.DURABLE);
      sink.checkpoint();

      assertThat(Logs.newest(directory).head().lane(0).size()).isEqualTo(2);
      assertThat(Logs.newest(directory).note().signatures()).hasSize(2);
    }
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
  }

  @Test
  void tellsRecordsThatWereThereBeforeAnyCheckpoint() throws IOException {
    String own = keys().own().text() + "\n";
    Files.delete(directory.resolve(CheckpointFile.NAME));
    Files.writeString(directory.resolve(LogIdentity.PUBLIC), own);
    try (FileAuditSink sink = FileAuditSink.open(directory, settings)) {
      assertThat(sink.foundUnsigned()).isTrue();
    }
    try (FileAuditSink sink = FileAuditSink.open(directory, settings)) {
      assertThat(sink.foundUnsigned()).isFalse();
    }
    try (FileAuditSink sink = FileAuditSink.open(elsewhere, settings)) {
      assertThat(sink.foundUnsigned()).isFalse();
    }
  }

  @Test
  void onlyAWaiverLeavesCountersignaturesUnchecked_andTheResultSaysSo() throws IOException {
    append(head -> head.with(head.at().plusSeconds(1), 0, head.lane(0), 0), true, false);
    assertThat(AuditLogVerifier.verify(directory).problem()).isPresent();

    AuditVerification waived =
        AuditLogVerifier.verify(directory, KeptCheckpoints.NONE, Optional.of(keys()), true);

    assertThat(waived.problem()).isEmpty();
    assertThat(waived.countersigned().orElseThrow().checked()).isFalse();
  }

  @Test
  void aLogThatNamedItsCountersignerLater_isIntact_andSaysFromWhichCheckpointOn()
      throws IOException {
    Logs.clear(directory);
    Logs.append(directory, settings, 1, RECORDS);
    long alone = AuditLogVerifier.verify(directory).checkpoints();
    Checkpoint kept = Logs.newest(directory);
    use(RECORDS + 1, 2 * RECORDS);

    AuditVerification found = Logs.verify(directory, kept, Logs.key(directory));

    assertThat(found.problem()).isEmpty();
    assertThat(found.countersigned().orElseThrow().from()).isEqualTo(alone + 1);
  }

  @Test
  void aProofWithACheckpointThatIsNotCountersigned_provesNothing() throws IOException {
    VerifierKeys kept = keys();
    RecordProof genuine = new LogProver(directory).prove(0, 3);
    assertThat(genuine.check(kept).sequence()).isEqualTo(3);

    rewriteWithoutCountersigner();
    RecordProof forged = new LogProver(directory).prove(0, 3);

    assertThatThrownBy(() -> forged.check(kept))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("it is not countersigned");
    assertThat(forged.check(new VerifierKeys(kept.own(), Optional.empty())).sequence())
        .as("the limit, with one key only")
        .isEqualTo(3);
  }

  @Test
  void aProofOfGrowthToACheckpointThatIsNotCountersigned_provesNothing() throws IOException {
    VerifierKeys kept = keys();
    Checkpoint since = Logs.newest(directory);
    use(RECORDS + 1, 2 * RECORDS);
    ConsistencyProof genuine = new LogProver(directory).prove(since);
    assertThat(genuine.check(since, SignatureCheck.of(kept)).size()).isGreaterThan(since.size());

    SignedNote newest = Logs.newest(directory).note();
    String stripped =
        new String(
            new SignedNote(newest.text(), newest.signatures().subList(0, 1)).encoded(),
            StandardCharsets.UTF_8);
    ConsistencyProof forged =
        new ConsistencyProof(genuine.path(), genuine.headPath(), genuine.lanes(), stripped);

    assertThatThrownBy(() -> forged.check(since, SignatureCheck.of(kept)))
        .hasMessage("it is not signed by " + countersigner().text());
    assertThatThrownBy(
            () ->
                forged.check(
                    since, SignatureCheck.of(new VerifierKeys(kept.own(), Optional.empty()))))
        .as("the checkpoints name the countersigner themselves")
        .hasMessage("it is not signed by " + countersigner().text());
  }

  private VerifierKeys keys() throws IOException {
    return LogIdentity.verifier(new DiskLogFiles(directory));
  }

  private VerifierKey countersigner() throws IOException {
    return keys().countersigner().orElseThrow();
  }

  private AuditVerification verified(VerifierKeys kept) throws IOException {
    return AuditLogVerifier.verify(directory, KeptCheckpoints.NONE, Optional.of(kept), false);
  }

  private List<Checkpoint> notes() throws IOException {
    byte[] content = Files.readAllBytes(directory.resolve(CheckpointFile.NAME));
    NoteSplitter splitter = new NoteSplitter();
    List<Checkpoint> notes = new ArrayList<>();
    for (byte[] note : splitter.add(content, content.length)) {
      notes.add(Checkpoint.parse(note));
    }
    notes.add(Checkpoint.parse(splitter.rest()));
    return notes;
  }

  /** Removes the first segment as retention would, with the signatures that the forger can make. */
  private void remove(boolean own, boolean countersigned) throws IOException {
    Segment first = new Segment(0, 1);
    long to = Segment.of(0, new DiskLogFiles(directory).names()).higher(first).first() - 1;
    append(head -> head.with(head.at(), 0, head.lane(0), to), own, countersigned);
    Files.delete(directory.resolve(first.name()));
  }

  private void append(UnaryOperator<LogHead> change, boolean own, boolean countersigned)
      throws IOException {
    CheckpointChain chain = new CheckpointChain(keys().log());
    for (Checkpoint one : notes()) {
      chain.add(one);
    }
    Countersigner named = chain.head().countersigner().orElseThrow();
    SignedNote note = SignedNote.unsigned(chain.next(change.apply(chain.head())));
    byte[] text = note.text().getBytes(StandardCharsets.UTF_8);
    if (own) {
      note =
          note.signedBy(keys().own(), stolenKey().sign(dev.enclave.Message.of(text)).toByteArray());
    }
    if (countersigned) {
      note = note.signedBy(named.key(), backend.sign(named, text));
    }
    add(note);
  }

  private void add(SignedNote note) throws IOException {
    add(note.encoded());
  }

  private void add(byte[] content) throws IOException {
    Files.write(
        directory.resolve(CheckpointFile.NAME),
        content,
        StandardOpenOption.APPEND,
        StandardOpenOption.CREATE);
  }

  private LocalKey stolenKey() throws IOException {
    byte[] secret = Files.readAllBytes(directory.resolve(LogIdentity.PRIVATE));
    return LocalKey.decode(
        SigningAlgorithm.ED25519, SecretBytes.takeOver(secret), new SecureRandom());
  }

  /** Other records in a log of the same name and key, which has never had a countersigner. */
  private void rewriteWithoutCountersigner() throws IOException {
    Logs.copy(directory, elsewhere);
    Logs.clear(directory);
    Files.copy(elsewhere.resolve(LogIdentity.PRIVATE), directory.resolve(LogIdentity.PRIVATE));
    VerifierKeys keys = LogIdentity.verifier(new DiskLogFiles(elsewhere));
    Files.writeString(directory.resolve(LogIdentity.PUBLIC), keys.own().text() + "\n");
    Logs.shut(directory);
    Logs.append(directory, settings, 1_001, 1_000 + RECORDS);
  }
}
