package dev.enclave.auditlog.file;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;

/** Files that keep the start of a record whose end was missing. */
public final class TornTail {

  /** Marks such a file. */
  public static final String MARK = ".torn-";

  private TornTail() {}

  public static void keep(LogFiles files, Segment segment, LaneTail tail) throws IOException {
    String name = segment.name() + MARK + (tail.sequence() + 1);
    try (LaneFile fragment = firstFree(files, name)) {
      fragment.write(0, tail.torn().toByteArray(), tail.torn().size());
      fragment.force();
    }
    files.force();
  }

  /** A lane may be torn at one place more than once. */
  private static LaneFile firstFree(LogFiles files, String name) throws IOException {
    for (int number = 1; ; number++) {
      try {
        return files.create(number == 1 ? name : name + "-" + number);
      } catch (FileAlreadyExistsException e) {
        if (number == Integer.MAX_VALUE) {
          throw e;
        }
      }
    }
  }
}
