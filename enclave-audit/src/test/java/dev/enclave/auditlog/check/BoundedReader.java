package dev.enclave.auditlog.check;

import dev.enclave.auditlog.write.Logs;
import java.io.IOException;
import java.nio.file.Path;

/** Verifies, summarises and opens logs, in a process of its own whose heap is small. */
final class BoundedReader {

  private BoundedReader() {}

  /** Prints what came of each directory. */
  public static void main(String[] directories) {
    for (String directory : directories) {
      Path log = Path.of(directory);
      System.out.println(
          verified(log)
              + ", "
              + attempt(() -> LogSummary.read(log))
              + ", "
              + attempt(() -> Logs.open(log).close()));
    }
  }

  private static String verified(Path log) {
    try {
      return AuditLogVerifier.verify(log).problem().isPresent() ? "finding" : "intact";
    } catch (IOException e) {
      return "refused";
    }
  }

  private interface Step {
    void take() throws IOException;
  }

  private static String attempt(Step step) {
    try {
      step.take();
      return "done";
    } catch (IOException e) {
      return "refused";
    }
  }
}
