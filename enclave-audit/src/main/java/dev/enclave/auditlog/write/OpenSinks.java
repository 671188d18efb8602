package dev.enclave.auditlog.write;

import dev.enclave.auditlog.record.Reasons;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sinks that are open, so that a reader finds in the log what this process has written. Those
 * of another copy of the library in the same JVM are to this one as those of another process.
 */
public final class OpenSinks {

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  private static final Set<FileAuditSink> OPEN = ConcurrentHashMap.newKeySet();

  private OpenSinks() {}

  static void add(FileAuditSink sink) {
    OPEN.add(sink);
  }

  static void remove(FileAuditSink sink) {
    OPEN.remove(sink);
  }

  /** Hands to the operating system what the sinks of a directory have accepted so far. */
  public static void flush(Path directory) throws IOException {
    Path real = directory.toRealPath();
    for (FileAuditSink sink : OPEN) {
      if (sink.directory().equals(real)) {
        try {
          sink.flush();
        } catch (IOException e) {
          // What is in the files can be read all the same; who appends is told of the failure.
          LOG.log(
              System.Logger.Level.DEBUG, "The audit log could not be flushed: {0}", Reasons.of(e));
        }
      }
    }
  }
}
