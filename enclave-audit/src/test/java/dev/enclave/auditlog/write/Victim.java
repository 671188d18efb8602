package dev.enclave.auditlog.write;

import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.support.MachineTime;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/** A process that logs until it is killed, and tells on standard output what is durable. */
final class Victim {

  private Victim() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    int first = Integer.parseInt(arguments[1]);
    AuditLogSettings settings =
        new AuditLogSettings(
            new MachineTime(), new MachineTime(), new SecureRandom(), 20_000, Optional.empty());
    FileAuditSink sink = FileAuditSink.open(directory, settings);
    for (int i = first; ; i++) {
      sink.append(Events.numbered(i), i % 5 == 0 ? Durability.BUFFERED : Durability.DURABLE);
      if (i % 5 != 0) {
        System.out.println(i);
      }
    }
  }
}
