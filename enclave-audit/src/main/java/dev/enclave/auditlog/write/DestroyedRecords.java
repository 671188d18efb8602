package dev.enclave.auditlog.write;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Fingerprint;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.DestroyedVersions;
import dev.enclave.auditlog.records.DestroyedVersions.Place;
import dev.enclave.auditlog.records.LineReader;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.crypto.Hashing;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a log once for the versions that were destroyed, one file after the other. Keeps of each a
 * name and a digest. Used by one thread.
 */
public final class DestroyedRecords {

  private static final String DESTROYED = KeyState.DESTROYED.name();

  private record Key(String backend, String name) {}

  private final Path directory;
  private final Deque<Segment> left;
  private final Map<Place, Map<Fingerprint, Instant>> destroyed = new HashMap<>();
  private final Map<Key, Instant> restored = new HashMap<>();

  DestroyedRecords(Path directory) throws IOException {
    this.directory = directory;
    this.left = new ArrayDeque<>(Segment.all(new DiskLogFiles(directory).names()).toList());
  }

  /**
   * Reads the next file, if there is one.
   *
   * @return whether there are more
   * @throws CorruptLogException when a record is not one
   * @throws IOException when the file cannot be read
   */
  public boolean read() throws IOException {
    Segment next = left.poll();
    if (next != null) {
      try (InputStream in = LaneLines.stream(directory, next)) {
        LineReader lines = new LineReader(in, 0);
        Optional<byte[]> line = lines.next();
        while (line.isPresent()) {
          if (concerns(line.get())) {
            take(AuditRecords.parse(line.get()));
          }
          line = lines.next();
        }
      } catch (NoSuchFileException e) {
        // Retention has removed it meanwhile.
        return !left.isEmpty();
      } catch (DateTimeException | IllegalArgumentException e) {
        throw new CorruptLogException(Texts.RECORD_MALFORMED.with(next.name()));
      }
    }
    return !left.isEmpty();
  }

  /** What was read. A key that was restored from a backup since is meant to be there. */
  public DestroyedVersions found() {
    Map<Place, Map<Fingerprint, Instant>> gone = new HashMap<>();
    destroyed.forEach(
        (place, keys) -> {
          Instant since = restored.getOrDefault(new Key(place.backend(), place.key()), Instant.MIN);
          Map<Fingerprint, Instant> stay = new HashMap<>(keys);
          stay.values().removeIf(since::isAfter);
          if (!stay.isEmpty()) {
            gone.put(place, stay);
          }
        });
    return new DestroyedVersions(gone);
  }

  /** Nearly all records are of signatures, and need not be parsed. */
  private static boolean concerns(byte[] line) {
    String text = new String(line, ISO_8859_1);
    return text.contains('"' + DESTROYED + '"')
        || text.contains('"' + Operation.RESTORE.name() + '"');
  }

  private void take(Map<String, String> record) {
    if (!Result.SUCCESS.name().equals(record.get("result"))) {
      return;
    }
    String operation = member(record, "operation");
    if (operation.equals(Operation.RESTORE.name())) {
      restored.merge(
          new Key(member(record, "backend"), member(record, "key")),
          at(record),
          DestroyedRecords::later);
    } else if (operation.equals(Operation.CHANGE_STATE.name())
        && DESTROYED.equals(record.get("detail.to"))
        && record.containsKey("detail.publicKey")) {
      Place place =
          new Place(
              member(record, "backend"),
              member(record, "detail.authority"),
              member(record, "key"),
              member(record, "version"));
      destroyed
          .computeIfAbsent(place, none -> new HashMap<>())
          .merge(fingerprint(record), at(record), DestroyedRecords::later);
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Fingerprint fingerprint(Map<String, String> record) {
    byte[] spki = Base64.getDecoder().decode(member(record, "detail.publicKey"));
    Bytes digest = Hashing.digest(DigestAlgorithm.SHA_256, Message.of(spki)).value();
    return new Fingerprint(digest);
  }

  private static Instant at(Map<String, String> record) {
    return Instant.parse(member(record, "at"));
  }

  private static String member(Map<String, String> record, String name) {
    return record.getOrDefault(name, "");
  }
}
