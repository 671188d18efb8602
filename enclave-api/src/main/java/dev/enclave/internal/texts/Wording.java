package dev.enclave.internal.texts;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a message, with named holes such as <code>{key}</code>. The texts of a module are
 * the constants of one enum, {@code Texts}, so that they are read and reviewed as one page.
 *
 * <p>Values are given in the order in which the holes first appear; a hole that appears again has
 * the value that it had. A value is written as it is, and never read as a template. With too few
 * values a hole stays as it is, and values too many are left out: at run time a message with a hole
 * in it is better than none. {@code RedactionRulesTest} finds a wrong number of values.
 *
 * <p>Knows nothing of backends, whose packages have texts of their own: {@link
 * dev.enclave.internal.Text} makes their failures.
 */
public interface Wording {

  Pattern HOLE = Pattern.compile("\\{([a-z][A-Za-z]*)}");

  /**
   * What was observed, or the whole text; then what to do, on a line of its own, where that is a
   * part of its own.
   */
  String lines();

  /** The names of the holes, in the order of the values. */
  default List<String> holes() {
    return HOLE.matcher(lines()).results().map(hole -> hole.group(1)).distinct().toList();
  }

  /** The whole text. */
  default String with(Object... values) {
    return filled(lines().replace('\n', ' '), values);
  }

  /** The exception of the code's category; retryable for CONNECTIVITY alone. */
  default EnclaveException as(ErrorCode code, Object... values) {
    return lines().indexOf('\n') < 0
        ? EnclaveException.of(code, observed(values))
        : EnclaveException.of(code, observed(values), advice(values));
  }

  /** A finding, of a text with advice. */
  default Finding finding(Severity severity, ErrorCode code, Object... values) {
    return Finding.of(severity, code, observed(values), advice(values));
  }

  /** What keeps from starting. */
  default Finding error(ErrorCode code, Object... values) {
    return finding(Severity.ERROR, code, values);
  }

  /** What keeps from nothing. */
  default Finding warning(ErrorCode code, Object... values) {
    return finding(Severity.WARNING, code, values);
  }

  /** The first part, filled. */
  default String observed(Object... values) {
    return filled(lines().split("\n", 2)[0], values);
  }

  /** The second part, filled. */
  default String advice(Object... values) {
    return filled(lines().split("\n", 2)[1], values);
  }

  private String filled(String template, Object... values) {
    List<String> holes = holes();
    return HOLE.matcher(template)
        .replaceAll(
            hole -> {
              int at = holes.indexOf(hole.group(1));
              return Matcher.quoteReplacement(
                  at < values.length ? String.valueOf(values[at]) : hole.group());
            });
  }
}
