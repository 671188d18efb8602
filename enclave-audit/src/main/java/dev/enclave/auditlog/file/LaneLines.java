package dev.enclave.auditlog.file;

import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.LineReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a lane across its segments, as far as they are written. Used by one thread.
 */
public final class LaneLines implements AutoCloseable {

  private final Path directory;
  private final LogFiles files;
  private final int lane;
  private @Nullable Segment segment;
  private @Nullable InputStream in;
  private long offset;

  public LaneLines(Path directory, int lane) {
    this.directory = directory;
    this.files = new DiskLogFiles(directory);
    this.lane = lane;
  }

  /**
   * Opens a segment to read it.
   *
   * @throws CorruptLogException when it is no regular file: a named pipe would have no end, and a
   *     link would lead elsewhere
   */
  public static InputStream stream(Path directory, Segment segment) throws IOException {
    Path file = directory.resolve(segment.name());
    DiskLogFiles.requireRegular(file);
    return new BufferedInputStream(
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /** What stands before the oldest record there is. */
  public static LaneState before(LogFiles files, int lane) throws IOException {
    var segments = Segment.of(lane, files.names());
    return segments.isEmpty() ? LaneState.EMPTY : LaneState.before(files, segments.first());
  }

  /** The next whole line without its LF; none if there is none yet. */
  public Optional<byte[]> next() throws IOException {
    while (true) {
      Optional<byte[]> line = nextOfSegment();
      if (line.isPresent()) {
        return line;
      }
      Optional<Segment> following = following();
      if (following.isEmpty()) {
        return Optional.empty();
      }
      close();
      segment = following.get();
      offset = 0;
    }
  }

  private Optional<Segment> following() throws IOException {
    long last = segment == null ? 0 : segment.first();
    return Segment.of(lane, files.names()).stream().filter(s -> s.first() > last).findFirst();
  }

  private Optional<byte[]> nextOfSegment() throws IOException {
    if (segment == null) {
      return Optional.empty();
    }
    if (in == null) {
      in = stream(directory, segment);
      in.skipNBytes(offset);
    }
    LineReader reader = new LineReader(in, 0);
    Optional<byte[]> line = reader.next();
    if (line.isPresent()) {
      offset += line.get().length + 1L;
    } else if (reader.cut()) {
      // Read again from its start when its end is there.
      close();
    }
    return line;
  }

  /** All segments' lanes that there are in a directory. */
  public static List<Integer> lanes(LogFiles files) throws IOException {
    return Segment.all(files.names()).map(Segment::lane).distinct().toList();
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
      in = null;
    }
  }
}
