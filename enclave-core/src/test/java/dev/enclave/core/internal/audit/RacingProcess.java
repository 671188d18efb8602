package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/** Another process that opens a log when it is told to, and says which key that has then. */
final class RacingProcess {

  private RacingProcess() {}

  public static void main(String[] arguments) throws IOException {
    HandKeeper keeper = HandKeeper.of(HexFormat.of().parseHex(arguments[1]));
    System.out.println("ready");
    if (System.in.read() < 0) {
      throw new IOException("nobody said when");
    }
    try (FileAuditSink sink =
        FileAuditSink.open(Path.of(arguments[0]), AuditLogSettings.defaults(), true)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      sink.keptBy(keeper);
      System.out.println(sink.checkpoints().verifierKey().orElseThrow().text());
    }
  }
}
