package dev.enclave.auditlog.write;

import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.spi.audit.AuditEvent;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** What {@code RecordEncoder} writes, said the plain way. */
public final class PlainRecords {

  private PlainRecords() {}

  /** The record of an event at its place in the chain, hash included. */
  public static SortedMap<String, String> record(AuditEvent event, long sequence, String previous) {
    SortedMap<String, String> fields = new TreeMap<>();
    fields.put("sequence", Long.toString(sequence));
    fields.put("previous", previous);
    fields.put("at", event.at().toString());
    fields.put("operation", event.operation().name());
    fields.put("operationId", event.operationId());
    fields.put("phase", event.phase().name());
    fields.put("caller", event.caller());
    fields.put("result", event.result().name());
    fields.put("durationMicros", Long.toString(event.duration().toNanos() / 1000));
    event.key().ifPresent(key -> fields.put("key", key.value()));
    event.version().ifPresent(version -> fields.put("version", version.value()));
    event.backend().ifPresent(backend -> fields.put("backend", backend.value()));
    event.errorCode().ifPresent(code -> fields.put("errorCode", code.name()));
    event.providerRequestId().ifPresent(id -> fields.put("providerRequestId", id));
    event
        .details()
        .forEach((name, value) -> fields.put("detail." + AuditRecords.wellFormed(name), value));
    fields.replaceAll((name, value) -> AuditRecords.wellFormed(value));
    fields.put("hash", AuditRecords.hashOf(fields));
    return fields;
  }

  /** The line of a record, with its end. */
  public static byte[] line(SortedMap<String, String> record) {
    String json = new String(AuditRecords.encode(record), StandardCharsets.UTF_8);
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
