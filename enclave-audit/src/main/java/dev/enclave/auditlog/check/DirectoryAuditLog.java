package dev.enclave.auditlog.check;

import dev.enclave.KeyHandle;
import dev.enclave.PublicKeyInfo;
import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditReader;
import dev.enclave.audit.AuditRecord;
import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.Options;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.checkpoint.VerifierKeys;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.LogClaims;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.IoConsumer;
import dev.enclave.auditlog.records.IoFunction;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.stream.StreamVerifier;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.auditlog.write.AuditLane;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.LogDirectory;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.internal.ForeignText;
import dev.enclave.kit.claim.FileClaim;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The log in a directory, for those who look after it. */
public final class DirectoryAuditLog implements AuditLog {

  private static final String PROVES_NOTHING = Texts.PROVES_NOTHING.with();

  private final Supplier<Place> place;
  private final Supplier<LogWithBackend> backends;
  private final TimeSource time;

  /**
   * Where a log is.
   *
   * @param directory which need not exist
   * @param settings what it is opened with
   */
  public record Place(Path directory, AuditLogSettings settings) {}

  /** Where no backend countersigns. */
  public DirectoryAuditLog(Supplier<Place> place, TimeSource time) {
    this(place, () -> LogWithBackend.NO_BACKEND, time);
  }

  /**
   * @param place asked when it is needed
   * @param backends one for each operation, opened when it countersigns, or may
   * @param time by which the age of a checkpoint that was kept is told
   */
  public DirectoryAuditLog(
      Supplier<Place> place, Supplier<LogWithBackend> backends, TimeSource time) {
    this.place = place;
    this.backends = backends;
    this.time = time;
  }

  @Override
  public Path directory() {
    return place.get().directory();
  }

  @Override
  public String provision() {
    return writing(
        here -> {
          LogDirectory.make(here.directory());
          if (keys(here).countersigner().isEmpty()) {
            LogWithBackend backend = backends.get();
            if (backend.mayCountersign()) {
              backend.with(sink -> signing(here, sink, FileAuditSink::settleCountersigner));
            }
          }
          return keys(here).text();
        });
  }

  /** Makes the log's name and key where they are missing. */
  private static VerifierKeys keys(Place here) throws IOException {
    try (CheckpointFile checkpoints = checkpoints(here)) {
      return checkpoints.verifierKeys();
    }
  }

  @Override
  public AuditVerification verify() {
    return verify(Options.none());
  }

  @Override
  public AuditVerification verify(Options options) {
    if (options.retention().isPresent() || !options.removedTo().isEmpty()) {
      requireCheckpoint(options);
    }
    return reading(
        here -> {
          Optional<VerifierKeys> given = options.verifierKeys().map(DirectoryAuditLog::givenKeys);
          KeptCheckpoints kept =
              options.checkpoints().isEmpty()
                  ? KeptCheckpoints.NONE
                  : kept(
                      options, given.isPresent() ? given.get() : publishedKeys(here.directory()));
          return AuditLogVerifier.verify(
              here.directory(), kept, given, options.countersignatureWaived());
        });
  }

  private static void requireCheckpoint(Options options) {
    if (options.checkpoints().isEmpty()) {
      throw Texts.NO_CHECKPOINT_FOR_RETENTION.as(ErrorCode.INVALID_ARGUMENT);
    }
  }

  private KeptCheckpoints kept(Options options, VerifierKeys keys) {
    SignatureCheck signatures = new SignatureCheck(keys, options.countersignatureWaived());
    List<Checkpoint> checkpoints =
        options.checkpoints().stream().map(text -> given(text, signatures)).toList();
    return new KeptCheckpoints(checkpoints, options.retention(), options.removedTo(), time.now());
  }

  @Override
  public AuditVerification.OfStream verifyStream(InputStream stream) {
    try {
      return StreamVerifier.verify(stream);
    } catch (IOException e) {
      throw Texts.STREAM_UNREADABLE.as(ErrorCode.FILE_UNREADABLE, ForeignText.said(e));
    }
  }

  private static Checkpoint given(String text, SignatureCheck signatures) {
    return checked(
        parsed(
            Texts.THE_CHECKPOINT.with(),
            text,
            note -> Checkpoint.parse(note.getBytes(StandardCharsets.UTF_8)),
            Texts.COMMAND_CHECKPOINT.with()),
        checkpoint -> {
          signatures.require(checkpoint);
          return checkpoint;
        },
        Texts.CHECKPOINT_NOT_TRUSTED.observed(),
        Texts.CHECKPOINT_NOT_TRUSTED.advice());
  }

  private static VerifierKeys publishedKeys(Path directory) throws IOException {
    return LogIdentity.verifier(new DiskLogFiles(directory));
  }

  @Override
  public String checkpoint() {
    return writing(
        here -> {
          LogWithBackend backend = backends.get();
          boolean withBackend = keys(here).countersigner().isPresent() || backend.mayCountersign();
          if (withBackend) {
            // Not left to the closing of the sink, which would only log that it could not.
            backend.with(
                opened ->
                    signing(
                        here,
                        opened,
                        sink -> {
                          checkpointIdleLanes(here, sink.checkpoints());
                          sink.checkpoint();
                        }));
          }
          try (CheckpointFile checkpoints = checkpoints(here)) {
            if (!withBackend) {
              checkpointIdleLanes(here, checkpoints);
            }
            return checkpoints
                .newest()
                .map(Checkpoint::text)
                .orElseThrow(() -> Texts.NOTHING_TO_CHECKPOINT.as(ErrorCode.INVALID_ARGUMENT));
          }
        });
  }

  /** What may ask a backend for a signature. */
  private static void signing(Place here, FileAuditSink sink, IoConsumer<FileAuditSink> work)
      throws IOException {
    try {
      work.accept(sink);
    } catch (CorruptLogException e) {
      throw e;
    } catch (IOException | EnclaveException e) {
      String why = Reasons.of(e);
      throw Texts.NO_NEW_CHECKPOINT.as(
          ErrorCode.AUDIT_UNAVAILABLE, here.directory(), why, why.endsWith(".") ? " " : ". ");
    }
  }

  private static CheckpointFile checkpoints(Place here) throws IOException {
    return FileAuditSink.checkpoints(
        new LogLock(here.directory(), here.settings().machine())::take,
        new DiskLogFiles(here.directory()),
        here.settings());
  }

  @Override
  public String prove(int lane, long sequence) {
    return reading(here -> new LogProver(here.directory()).prove(lane, sequence).toJson());
  }

  @Override
  public String proveConsistency(String checkpoint) {
    return reading(
        here -> {
          Checkpoint since = given(checkpoint, SignatureCheck.of(publishedKeys(here.directory())));
          return new LogProver(here.directory()).prove(since).toJson();
        });
  }

  @Override
  public AuditRecord checkProof(String proof, Optional<String> verifierKeys) {
    VerifierKeys keys = checkingKeys(verifierKeys);
    return checked(
        parsed(Texts.THE_PROOF.with(), proof, RecordProof::parse, Texts.COMMAND_PROVE.with()),
        parsed -> parsed.check(keys),
        PROVES_NOTHING,
        Texts.DO_NOT_RELY.with());
  }

  @Override
  public String checkConsistency(String proof, Options options) {
    requireCheckpoint(options);
    if (options.countersignatureWaived()) {
      throw Texts.NO_COUNTERSIGNATURE.as(ErrorCode.INVALID_ARGUMENT);
    }
    VerifierKeys keys = checkingKeys(options.verifierKeys());
    KeptCheckpoints kept = kept(options, keys);
    Checkpoint since = kept.newest().orElseThrow();
    Checkpoint newer =
        checked(
            parsed(
                Texts.THE_PROOF.with(),
                proof,
                ConsistencyProof::parse,
                Texts.COMMAND_PROVE_SINCE.with()),
            parsed -> {
              kept.requireConsistent();
              return parsed.check(since, SignatureCheck.of(keys));
            },
            PROVES_NOTHING,
            Texts.KEEP_BOTH.with());
    kept.unbelieved(newer.head()).ifPresent(DirectoryAuditLog::refuse);
    return newer.text();
  }

  private static void refuse(String removal) {
    throw Texts.RECORDS_LOST.as(ErrorCode.AUDIT_LOG_CORRUPT, removal);
  }

  private VerifierKeys checkingKeys(Optional<String> text) {
    return text.isPresent()
        ? givenKeys(text.get())
        : reading(here -> publishedKeys(here.directory()));
  }

  private static <A, T> T checked(
      A parsed, IoFunction<A, T> checking, String otherwise, String advice) {
    try {
      return checking.apply(parsed);
    } catch (IOException e) {
      throw new IntegrityException(
          ErrorCode.AUDIT_LOG_CORRUPT, otherwise + ": " + Reasons.of(e) + ". " + advice);
    }
  }

  @Override
  public RecordedKeys publicKeys(KeyHandle key, Set<PublicKeyInfo> statementKeys) {
    return RecordedPublicKeys.in(List.of(directory()), key, statementKeys);
  }

  @Override
  public RecordedKeys publicKeys(
      KeyHandle key, Set<PublicKeyInfo> statementKeys, List<Path> directories) {
    return RecordedPublicKeys.in(directories, key, statementKeys);
  }

  @Override
  public AuditReader reader() {
    return reading(
        here -> {
          // So that a directory that is not there is told at once.
          new DiskLogFiles(here.directory()).names();
          return new MergedReader(here.directory());
        });
  }

  private <T> T reading(IoFunction<Place, T> work) {
    Place here = place.get();
    try {
      return work.apply(here);
    } catch (IOException e) {
      throw unreadable(here.directory(), e);
    }
  }

  static EnclaveException unreadable(Path directory, IOException e) {
    if (e instanceof CorruptLogException) {
      return corrupt(directory, e);
    }
    return Texts.LOG_UNREADABLE.as(
        ErrorCode.CONFIGURATION_UNREADABLE,
        directory,
        Files.isDirectory(directory) ? Reasons.of(e) : Texts.NOT_A_DIRECTORY.with());
  }

  private <T> T writing(IoFunction<Place, T> work) {
    Place here = place.get();
    try {
      return work.apply(here);
    } catch (CorruptLogException e) {
      throw corrupt(here.directory(), e);
    } catch (IOException e) {
      throw Texts.LOG_UNWRITABLE.as(
          ErrorCode.AUDIT_UNAVAILABLE,
          here.directory(),
          Files.exists(here.directory()) ? Reasons.of(e) : Texts.NO_SUCH_DIRECTORY.with());
    }
  }

  private static EnclaveException corrupt(Path directory, IOException e) {
    return Texts.LOG_CORRUPT.as(ErrorCode.AUDIT_LOG_CORRUPT, directory, Reasons.of(e));
  }

  private static VerifierKeys givenKeys(String text) {
    return parsed(
        Texts.THE_VERIFIER_KEY.with(), text, VerifierKeys::parse, Texts.COMMAND_INIT.with());
  }

  /**
   * Reads what was handed in.
   *
   * @param what it is to be
   * @param command that writes it
   */
  private static <T> T parsed(
      String what, String text, IoFunction<String, T> parsing, String command) {
    try {
      return parsing.apply(text);
    } catch (IOException e) {
      throw Texts.NOT_USABLE.as(ErrorCode.INVALID_ENCODING, what, Reasons.of(e), command);
    }
  }

  /**
   * Puts the last records of lanes that no process writes now into a checkpoint. The others are
   * left to their process, which alone knows what of them will stay.
   */
  public static void checkpointIdleLanes(Place here, CheckpointFile checkpoints)
      throws IOException {
    LogFiles files = new DiskLogFiles(here.directory());
    for (int lane : LaneLines.lanes(files)) {
      Optional<FileClaim> claim = LogClaims.tryLane(here.directory(), lane);
      if (claim.isPresent()) {
        FileClaim held = claim.get();
        LogFiles claimed = new DiskLogFiles(here.directory(), claim);
        try (held;
            AuditLane idle =
                AuditLane.open(claimed, lane, Long.MAX_VALUE, checkpoints.head().lane(lane))) {
          idle.force();
          if (idle.size() > 0) {
            checkpoints.append(here.settings().time().now(), lane, idle.head(), 0);
          }
        }
      }
    }
  }
}
