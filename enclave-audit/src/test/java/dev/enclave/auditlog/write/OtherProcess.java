package dev.enclave.auditlog.write;

import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Another process that logs to the same directory, and says which lane it got. */
final class OtherProcess {

  private OtherProcess() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Map<Path, Long> before = sizes(directory);
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(99), Durability.DURABLE);
    }
    sizes(directory)
        .forEach(
            (file, size) -> {
              if (!size.equals(before.getOrDefault(file, 0L))) {
                System.out.println(file.getFileName());
              }
            });
  }

  /** The file that it wrote to. */
  static String lane(Path directory) throws IOException, InterruptedException {
    return Ended.run(JavaCommand.of(OtherProcess.class, directory.toString())).succeeded().strip();
  }

  private static Map<Path, Long> sizes(Path directory) throws IOException {
    Map<Path, Long> sizes = new TreeMap<>();
    for (int number = 0; number < 4; number++) {
      Path file = Logs.lane(directory, number);
      sizes.put(file, Files.exists(file) ? Files.size(file) : 0L);
    }
    return sizes;
  }
}
