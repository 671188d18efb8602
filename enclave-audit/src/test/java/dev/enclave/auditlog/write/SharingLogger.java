package dev.enclave.auditlog.write;

import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Appends to a log that others append to as well, opens it anew now and then, and writes down which
 * records are durable and which were refused. A copy of the library runs it, or a process.
 */
public final class SharingLogger implements Runnable {

  private static final int LEAST = 60;
  private static final int BEFORE_REOPENING = 20;

  private final Path directory;
  private final Path journal;
  private final int first;
  private final long end;

  /**
   * @param first the number of the first record
   * @param seconds how long it goes on at least
   */
  public SharingLogger(String directory, String journal, String first, String seconds) {
    this.directory = Path.of(directory);
    this.journal = Path.of(journal);
    this.first = Integer.parseInt(first);
    this.end = System.nanoTime() + Long.parseLong(seconds) * 1_000_000_000L;
  }

  public static void main(String[] arguments) {
    new SharingLogger(arguments[0], arguments[1], arguments[2], arguments[3]).run();
  }

  @Override
  public void run() {
    try (Writer out = Files.newBufferedWriter(journal, StandardCharsets.UTF_8)) {
      int number = first;
      while (number < first + LEAST || System.nanoTime() < end) {
        try (FileAuditSink sink = Logs.open(directory)) {
          for (int i = 0; i < BEFORE_REOPENING; i++) {
            append(sink, number++, out);
          }
        } catch (IOException e) {
          note(out, "unopened " + number + " " + e.getMessage());
          number++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void append(FileAuditSink sink, int number, Writer out) throws IOException {
    boolean durable = false;
    try {
      sink.append(Events.numbered(number), Durability.DURABLE);
      durable = true;
    } catch (IOException e) {
      note(out, "refused " + number + " " + e.getMessage());
    }
    if (durable) {
      note(out, "durable " + number);
    }
  }

  private static void note(Writer out, String line) throws IOException {
    out.write(line + "\n");
    out.flush();
  }
}
