package dev.enclave.auditlog.write;

import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/** Another process that opens a log when it is told to, and says which key countersigns it then. */
final class RacingProcess {

  private RacingProcess() {}

  public static void main(String[] arguments) throws IOException {
    HandBackend backend = HandBackend.of(HexFormat.of().parseHex(arguments[1]));
    System.out.println("ready");
    if (System.in.read() < 0) {
      throw new IOException("nobody said when");
    }
    try (FileAuditSink sink = Logs.open(Path.of(arguments[0]))) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      sink.countersignedBy(backend);
      sink.settleCountersigner();
      System.out.println(sink.countersigner().orElseThrow().key().text());
    }
  }
}
