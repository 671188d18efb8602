package dev.enclave.core.internal.audit;

import dev.enclave.AuditLog;
import dev.enclave.AuditReader;
import dev.enclave.AuditRecord;
import dev.enclave.AuditVerification;
import dev.enclave.ConfigurationException;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.PolicyException;
import dev.enclave.UsageException;
import dev.enclave.core.internal.note.MalformedNoteException;
import dev.enclave.core.internal.redaction.ForeignText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** The log in a directory, for those who look after it. */
public final class DirectoryAuditLog implements AuditLog {

  private final Supplier<Place> place;
  private final Supplier<LogWithBackend> backends;

  /**
   * Where a log is.
   *
   * @param directory which need not exist
   * @param settings what it is opened with
   */
  public record Place(Path directory, AuditLogSettings settings) {}

  /** As {@link #DirectoryAuditLog(Supplier, Supplier)}, where no backend countersigns. */
  DirectoryAuditLog(Supplier<Place> place) {
    this(place, () -> LogWithBackend.NO_BACKEND);
  }

  /**
   * @param place asked when it is needed
   * @param backends one for each operation, opened when it countersigns, or may
   */
  public DirectoryAuditLog(Supplier<Place> place, Supplier<LogWithBackend> backends) {
    this.place = place;
    this.backends = backends;
  }

  @Override
  public Path directory() {
    return place.get().directory();
  }

  @Override
  public String provision() {
    return writing(
        here -> {
          FileAuditSink.makeDirectory(here.directory());
          if (keys(here).countersigner().isEmpty()) {
            LogWithBackend backend = backends.get();
            if (backend.mayCountersign()) {
              backend.with(sink -> signing(here, sink::settleCountersigner));
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
    return reading(here -> AuditLogVerifier.verify(here.directory()));
  }

  @Override
  public AuditVerification verify(String checkpoint, Optional<String> verifierKey) {
    return reading(
        here -> {
          Checkpoint retained = checkpoint(checkpoint);
          Optional<VerifierKeys> given = verifierKey.map(DirectoryAuditLog::keys);
          requireSigned(
              retained, given.isPresent() ? given.get() : publishedKeys(here.directory()));
          return AuditLogVerifier.verify(here.directory(), retained, given, false);
        });
  }

  @Override
  public AuditVerification.OfStream verifyStream(InputStream stream) {
    try {
      return StreamVerifier.verify(stream);
    } catch (IOException e) {
      throw new UsageException(
          ErrorCode.FILE_UNREADABLE,
          "The captured stream cannot be read to its end: "
              + ForeignText.said(e)
              + ". Give a file that can.");
    }
  }

  private static Checkpoint checkpoint(String text) {
    try {
      return Checkpoint.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (CorruptLogException e) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING,
          "The checkpoint cannot be used: "
              + e.getMessage()
              + ". Give a file that enclave audit checkpoint has written.");
    }
  }

  private static void requireSigned(Checkpoint checkpoint, VerifierKeys keys) {
    try {
      SignatureCheck.of(keys).require(checkpoint);
    } catch (IOException e) {
      throw new IntegrityException(
          ErrorCode.AUDIT_LOG_CORRUPT,
          "The checkpoint cannot be trusted: "
              + Reasons.of(e)
              + ". Use a checkpoint and verifier keys of one log.");
    }
  }

  private static VerifierKeys publishedKeys(Path directory) throws IOException {
    return LogIdentity.verifier(new DiskLogFiles(directory));
  }

  private static VerifierKeys keys(String text) {
    try {
      return VerifierKeys.parse(text);
    } catch (MalformedNoteException e) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING,
          "The verifier key cannot be used: "
              + e.getMessage()
              + ". Give a file that enclave init has written.");
    }
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
                sink ->
                    signing(
                        here,
                        () -> {
                          IdleLanes.checkpoint(here, sink.checkpoints());
                          sink.checkpoint();
                        }));
          }
          try (CheckpointFile checkpoints = checkpoints(here)) {
            if (!withBackend) {
              IdleLanes.checkpoint(here, checkpoints);
            }
            return checkpoints
                .newest()
                .map(Checkpoint::text)
                .orElseThrow(
                    () ->
                        new UsageException(
                            ErrorCode.INVALID_ARGUMENT,
                            "The audit log has no records to make a checkpoint of. Use a key"
                                + " first."));
          }
        });
  }

  /** Something that may ask a backend for a signature. */
  @FunctionalInterface
  private interface Signing {
    void run() throws IOException;
  }

  private static void signing(Place here, Signing work) throws IOException {
    try {
      work.run();
    } catch (CorruptLogException e) {
      throw e;
    } catch (IOException | EnclaveException e) {
      String why = Reasons.of(e);
      throw new PolicyException(
          ErrorCode.AUDIT_UNAVAILABLE,
          "The audit log in "
              + here.directory()
              + " gets no new checkpoint: "
              + why
              + (why.endsWith(".") ? " " : ". ")
              + "See that the backend that countersigns answers and the log can be written, and"
              + " try again.");
    }
  }

  private static CheckpointFile checkpoints(Place here) throws IOException {
    return FileAuditSink.checkpoints(
        here.directory(), new DiskLogFiles(here.directory()), here.settings());
  }

  @Override
  public String prove(int lane, long sequence) {
    return reading(here -> new LogProver(here.directory()).prove(lane, sequence).toJson());
  }

  @Override
  public String proveConsistency(String checkpoint) {
    return reading(
        here -> {
          Checkpoint since = checkpoint(checkpoint);
          requireSigned(since, publishedKeys(here.directory()));
          return new ConsistencyProver(here.directory()).prove(since).toJson();
        });
  }

  @Override
  public AuditRecord checkProof(String proof, Optional<String> verifierKey) {
    VerifierKeys keys = checkingKeys(verifierKey);
    RecordProof parsed =
        parsed(proof, "Give a file that enclave audit prove has written.", RecordProof::parse);
    return checked(() -> parsed.check(keys), "Do not rely on the record.");
  }

  @Override
  public String checkConsistency(String proof, String checkpoint, Optional<String> verifierKey) {
    VerifierKeys keys = checkingKeys(verifierKey);
    Checkpoint since = checkpoint(checkpoint);
    ConsistencyProof parsed =
        parsed(
            proof,
            "Give a file that enclave audit prove --since has written.",
            ConsistencyProof::parse);
    return checked(
        () -> parsed.check(since, keys).text(),
        "Keep both checkpoints and find out who changed the log.");
  }

  private VerifierKeys checkingKeys(Optional<String> text) {
    return text.isPresent() ? keys(text.get()) : reading(here -> publishedKeys(here.directory()));
  }

  /** Reads a proof. */
  @FunctionalInterface
  private interface Reading<T> {
    T of(String proof) throws IOException;
  }

  private static <T> T parsed(String proof, String advice, Reading<T> reading) {
    try {
      return reading.of(proof);
    } catch (IOException e) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING, "The proof cannot be used: " + Reasons.of(e) + ". " + advice);
    }
  }

  /** Checks a proof. */
  @FunctionalInterface
  private interface Checking<T> {
    T proven() throws IOException;
  }

  private static <T> T checked(Checking<T> checking, String advice) {
    try {
      return checking.proven();
    } catch (IOException e) {
      throw new IntegrityException(
          ErrorCode.AUDIT_LOG_CORRUPT,
          "The proof proves nothing: " + Reasons.of(e) + ". " + advice);
    }
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

  /** Some work on the files. */
  @FunctionalInterface
  private interface Work<T> {
    T in(Place here) throws IOException;
  }

  private <T> T reading(Work<T> work) {
    Place here = place.get();
    try {
      return work.in(here);
    } catch (IOException e) {
      throw unreadable(here.directory(), e);
    }
  }

  static EnclaveException unreadable(Path directory, IOException e) {
    if (e instanceof CorruptLogException) {
      return corrupt(directory, e);
    }
    return new ConfigurationException(
        ErrorCode.CONFIGURATION_UNREADABLE,
        "The audit log in "
            + directory
            + " cannot be read: "
            + (Files.isDirectory(directory) ? Reasons.of(e) : "it is not a directory")
            + ". Check enclave.audit.directory and its rights.");
  }

  private <T> T writing(Work<T> work) {
    Place here = place.get();
    try {
      return work.in(here);
    } catch (CorruptLogException e) {
      throw corrupt(here.directory(), e);
    } catch (IOException e) {
      throw new PolicyException(
          ErrorCode.AUDIT_UNAVAILABLE,
          "The audit log in "
              + here.directory()
              + " cannot be written: "
              + (Files.exists(here.directory()) ? Reasons.of(e) : "there is no such directory")
              + ". Correct its rights, or set enclave.audit.directory to another place.");
    }
  }

  private static IntegrityException corrupt(Path directory, IOException e) {
    return new IntegrityException(
        ErrorCode.AUDIT_LOG_CORRUPT,
        "The audit log in "
            + directory
            + " is not as it was written: "
            + Reasons.of(e)
            + ". Keep a copy of it and find out who changed it.");
  }
}
