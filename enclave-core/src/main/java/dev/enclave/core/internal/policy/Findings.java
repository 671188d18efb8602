package dev.enclave.core.internal.policy;

import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.Locale;

/** Failures as parts of a report. */
public final class Findings {

  /** Where the message alone says it. */
  private static final String AS_TOLD = Texts.AS_TOLD.with();

  private Findings() {}

  /** What to do, after {@code before}; nothing where what was observed says it already. */
  public static String advice(String before, Finding finding) {
    return finding.fix().equals(AS_TOLD) ? "" : before + finding.fix();
  }

  /** The same, with its advice as what to do; a message without one is told as a whole. */
  public static Finding of(EnclaveException failure) {
    return Finding.of(
        // Load of this process is no fault of what was to be asked.
        failure.code() == ErrorCode.LOCAL_LOAD ? Severity.WARNING : Severity.ERROR,
        failure.code(),
        withoutStop(failure.observed()),
        failure.advice().map(Findings::clause).orElse(AS_TOLD));
  }

  /** With a small letter at its beginning, unless that is a name such as AWS. */
  private static String clause(String advice) {
    boolean word = advice.length() > 1 && !Character.isUpperCase(advice.charAt(1));
    return withoutStop(
        word ? advice.substring(0, 1).toLowerCase(Locale.ROOT) + advice.substring(1) : advice);
  }

  /** Without the full stop, which another clause follows. */
  public static String withoutStop(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }
}
