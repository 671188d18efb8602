package dev.enclave.core.internal.policy;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Failures as parts of a report. */
public final class Findings {

  private static final Pattern LAST_SENTENCE = Pattern.compile("(.*)\\. ([A-Z].*)", Pattern.DOTALL);

  private Findings() {}

  /** The same in two parts: messages end with the sentence that says what to do. */
  public static Finding of(EnclaveException failure) {
    Matcher parts = LAST_SENTENCE.matcher(failure.getMessage());
    boolean both = parts.matches();
    String fix = both ? parts.group(2) : "correct what it names";
    return Finding.of(
        severity(failure),
        failure.code(),
        withoutStop(both ? parts.group(1) : failure.getMessage()),
        withoutStop(fix.substring(0, 1).toLowerCase(Locale.ROOT) + fix.substring(1)));
  }

  /** The same in one part, where the report is about nothing else. */
  public static Finding whole(EnclaveException failure) {
    return Finding.of(
        severity(failure),
        failure.code(),
        failure.getMessage(),
        "correct what it names and run doctor again");
  }

  /** Load of this process is no fault of what was to be asked. */
  private static Severity severity(EnclaveException failure) {
    return failure.code() == ErrorCode.LOCAL_LOAD ? Severity.WARNING : Severity.ERROR;
  }

  private static String withoutStop(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }
}
