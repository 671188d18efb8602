package dev.enclave.core.internal.audit;

import dev.enclave.AuditVerification;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a log again and recomputes its chains. Finds any change inside a lane; what it cannot find
 * is a lane cut after a whole record, rewritten as a whole, or gone with all after it, for which an
 * outside copy is needed.
 */
public final class AuditLogVerifier {

  /** How often the rest of a cut last line is looked for, while a writer may be at it. */
  private static final int LOOKS = 10;

  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Set<String> openIntents = new LinkedHashSet<>();
  private final int looks;
  private long records;

  private AuditLogVerifier(int looks) {
    this.looks = looks;
  }

  /**
   * Verifies every lane of a directory, with all that sinks of this process have accepted before.
   *
   * @throws IOException when the directory or a lane cannot be read
   */
  public static AuditVerification verify(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("it is not a directory");
    }
    OpenSinks.flush(directory);
    Set<String> names = names(directory);
    AuditLogVerifier verifier = new AuditLogVerifier(LOOKS);
    Optional<String> problem = Optional.empty();
    for (int number = 0; number <= lastLane(names) && problem.isEmpty(); number++) {
      Path lane = FileAuditSink.file(directory, number);
      problem =
          names.contains(lane.getFileName().toString())
              ? verifier.verifyLane(lane)
              // Lanes are taken from the first on, so one before another has been there.
              : Optional.of(lane.getFileName() + " is missing");
    }
    if (problem.isEmpty() && verifier.records == 0) {
      problem =
          Optional.of("there are no records in " + directory + ", and every start writes one");
    }
    return verifier.result(
        problem, names.stream().filter(name -> name.contains(AuditLane.TORN)).sorted().toList());
  }

  /** Verifies the content of one lane. */
  static AuditVerification verifyLane(InputStream content) throws IOException {
    AuditLogVerifier verifier = new AuditLogVerifier(0);
    return verifier.result(verifier.verifyRecords(content), List.of());
  }

  private AuditVerification result(Optional<String> problem, List<String> fragments) {
    return new AuditVerification(records, problem, new ArrayList<>(openIntents), fragments);
  }

  /** Listed, not asked one by one: a file that may not be seen must not count as absent. */
  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static int lastLane(Set<String> names) {
    int last = FileAuditSink.MOST_LANES - 1;
    while (last >= 0 && !names.contains("lane-" + last + ".jsonl")) {
      last--;
    }
    return last;
  }

  private Optional<String> verifyLane(Path lane) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(lane))) {
      return verifyRecords(in).map(problem -> lane.getFileName() + " " + problem);
    }
  }

  private Optional<String> verifyRecords(InputStream in) throws IOException {
    String previous = AuditRecords.GENESIS;
    for (long expected = 1; ; expected++) {
      Optional<byte[]> line = nextLine(in);
      if (line.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> problem = problemOf(line.get(), expected, previous);
      if (problem.isPresent()) {
        return Optional.of("record " + expected + ": " + problem.get());
      }
      SortedMap<String, String> record = AuditRecords.parse(line.get());
      previous = String.valueOf(record.get("hash"));
      records++;
      follow(record);
    }
  }

  /** The next line without its LF; an empty one stands for a last line that has none. */
  private Optional<byte[]> nextLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    while (next != '\n') {
      if (next < 0) {
        return Optional.of(new byte[0]);
      }
      line.write(next);
      next = nextOfLine(in);
    }
    return Optional.of(line.toByteArray());
  }

  /** A process that writes the lane meanwhile may have written half a batch so far. */
  private int nextOfLine(InputStream in) throws IOException {
    int next = in.read();
    for (int look = 0; next < 0 && look < looks; look++) {
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      next = in.read();
    }
    return next;
  }

  private static Optional<String> problemOf(byte[] line, long expected, String previous) {
    if (line.length == 0) {
      return Optional.of("it is cut off or empty");
    }
    SortedMap<String, String> record;
    try {
      record = AuditRecords.parse(line);
    } catch (IOException e) {
      return Optional.of("it is not a record");
    }
    if (!Arrays.equals(AuditRecords.encode(record), line)) {
      return Optional.of("it is not in canonical form");
    }
    if (!AuditRecords.hashOf(record).equals(record.get("hash"))) {
      return Optional.of("its content does not match its hash");
    }
    if (!Long.toString(expected).equals(record.get("sequence"))) {
      return Optional.of("its sequence number is " + record.get("sequence"));
    }
    if (!previous.equals(record.get("previous"))) {
      return Optional.of("it does not follow from the record before it");
    }
    return Optional.empty();
  }

  private void follow(SortedMap<String, String> record) {
    String id = record.get("operationId");
    if (id == null) {
      return;
    }
    if ("INTENT".equals(record.get("phase"))) {
      openIntents.add(id);
    } else if ("OUTCOME".equals(record.get("phase"))) {
      openIntents.remove(id);
    }
  }
}
