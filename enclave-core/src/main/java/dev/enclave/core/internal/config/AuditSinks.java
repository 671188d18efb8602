package dev.enclave.core.internal.config;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code enclave.audit.sink} says: the log itself, and the outputs beside it.
 *
 * @param standardOutput whether the log is standard output; else it is files
 * @param outputs ids, in their order
 */
public record AuditSinks(boolean standardOutput, List<String> outputs) {

  private static final String FILE = "file";
  private static final String STDOUT = "stdout";
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]*");

  static AuditSinks parse(String text) {
    List<String> names =
        Arrays.stream(text.split(",", -1))
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .toList();
    String log = names.get(0);
    List<String> outputs = names.subList(1, names.size());
    boolean inOrder =
        (log.equals(FILE) || log.equals(STDOUT))
            && outputs.stream().allMatch(AuditSinks::isOutputId)
            && new HashSet<>(outputs).size() == outputs.size();
    if (!inOrder) {
      throw new IllegalArgumentException("no log, or more than one");
    }
    return new AuditSinks(log.equals(STDOUT), outputs);
  }

  /** Whether all records that {@code other} keeps are kept where {@code other} keeps them. */
  boolean keepsAllOf(AuditSinks other) {
    return (!standardOutput || other.standardOutput) && outputs.containsAll(other.outputs);
  }

  /** Whether an output may be called so. */
  public static boolean isOutputId(@Nullable String id) {
    return id != null && ID.matcher(id).matches() && !id.equals(FILE) && !id.equals(STDOUT);
  }
}
