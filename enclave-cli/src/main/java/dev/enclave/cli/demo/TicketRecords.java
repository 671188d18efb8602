package dev.enclave.cli.demo;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of one ticket.
 *
 * @param chain in their order
 */
record TicketRecords(List<AuditRecord> chain) {

  static TicketRecords read(AuditLog log, String ticket) {
    List<AuditRecord> chain = new ArrayList<>();
    log.reader()
        .read(
            record -> {
              if (record.member("operationId").equals(ticket)) {
                chain.add(record);
              }
            });
    return new TicketRecords(List.copyOf(chain));
  }

  /** Whether one of them says so. */
  boolean have(String operation, String result, String status) {
    return chain.stream().anyMatch(record -> says(record, operation, result, status));
  }

  /** Whether the last of them says so. */
  boolean end(String operation, String result, String status) {
    return !chain.isEmpty() && says(chain.get(chain.size() - 1), operation, result, status);
  }

  private static boolean says(AuditRecord record, String operation, String result, String status) {
    return record.member("operation").equals(operation)
        && record.member("result").equals(result)
        && record.member("detail.status").equals(status);
  }
}
