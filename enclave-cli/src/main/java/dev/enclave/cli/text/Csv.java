package dev.enclave.cli.text;

import dev.enclave.audit.AuditRecord;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Audit records as a table (RFC 4180). What a spreadsheet would take for a formula begins with an
 * apostrophe, since callers' names come from outside.
 */
public final class Csv {

  private static final List<String> MEMBERS =
      List.of(
          "at",
          "operation",
          "operationId",
          "phase",
          "caller",
          "result",
          "durationMicros",
          "key",
          "version",
          "backend",
          "errorCode",
          "providerRequestId",
          "previous",
          "hash");

  public static final String HEADING =
      "lane,sequence," + String.join(",", MEMBERS) + ",details\r\n";

  private static final String DETAIL = "detail.";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");
  private static final String FORMULA = "=+-@\t\r\n";

  private Csv() {}

  public static String row(AuditRecord record) {
    return record.lane()
        + ","
        + record.sequence()
        + ","
        + MEMBERS.stream().map(record::member).map(Csv::cell).collect(Collectors.joining(","))
        + ","
        + cell(details(record))
        + "\r\n";
  }

  private static String details(AuditRecord record) {
    return record.members().entrySet().stream()
        .filter(member -> member.getKey().startsWith(DETAIL))
        .map(member -> member.getKey().substring(DETAIL.length()) + "=" + member.getValue())
        .collect(Collectors.joining("; "));
  }

  /** One cell. */
  public static String cell(String text) {
    boolean formula =
        !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 && !NUMBER.matcher(text).matches();
    String safe = (formula ? "'" : "") + Printable.line(text);
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
