package dev.enclave.auditlog.records;

import dev.enclave.auditlog.texts.Texts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reads lines of a file that another process may be writing. */
public final class LineReader {

  /** How often the rest of a cut last line is looked for, while a writer may be at it. */
  public static final int LOOKS = 10;

  /** What is read of a lane's end, into which the longest record fits. */
  public static final int LONGEST = 1 << 20;

  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final InputStream in;
  private final int looks;
  private boolean cut;

  public LineReader(InputStream in, int looks) {
    this.in = in;
    this.looks = looks;
  }

  /** Waits as long as a writer needs for the rest of a line. */
  public static void pause() {
    LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
  }

  /**
   * The next line without its LF; none at the end, and none for a last line that has no LF.
   *
   * @throws CorruptLogException when it is longer than any record
   */
  public Optional<byte[]> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    while (next != '\n') {
      if (next < 0) {
        cut = true;
        return Optional.empty();
      }
      if (line.size() == LONGEST) {
        throw new CorruptLogException(Texts.TOO_LONG.with(LONGEST));
      }
      line.write(next);
      next = nextOfLine();
    }
    return Optional.of(line.toByteArray());
  }

  /** Whether the last line had no LF. */
  public boolean cut() {
    return cut;
  }

  /** A process that writes the lane meanwhile may have written half a batch so far. */
  private int nextOfLine() throws IOException {
    int next = in.read();
    for (int look = 0; next < 0 && look < looks; look++) {
      pause();
      next = in.read();
    }
    return next;
  }
}
