package dev.enclave.audit;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One record of the audit log; {@code docs/audit-log.md} lists its members.
 *
 * @param lane which lane it is in
 * @param sequence its place there, from 1
 * @param members by name
 * @param line as it stands in the file, without LF
 */
public record AuditRecord(int lane, long sequence, SortedMap<String, String> members, String line) {

  public AuditRecord {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** A member; empty if the record has none of that name. */
  public String member(String name) {
    return members.getOrDefault(name, "");
  }
}
