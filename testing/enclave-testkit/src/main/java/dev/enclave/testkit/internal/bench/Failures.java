package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.regex.Pattern;

/** What is true of every failure, whatever went wrong. */
public final class Failures {

  /** Longer than a SHA-256 in hexadecimal, which may well be a name; a private key is longer. */
  private static final Pattern LOOKS_LIKE_MATERIAL =
      Pattern.compile("-----BEGIN|[0-9a-fA-F]{65,}|[A-Za-z0-9+]{65,}");

  private Failures() {}

  public static void requireWellFormed(BackendFailure failure) {
    assertThat(failure.getMessage()).as("message of a failure").isNotBlank();
    assertThat(LOOKS_LIKE_MATERIAL.matcher(failure.getMessage()).find())
        .as("looks like key material: " + failure.getMessage())
        .isFalse();
    assertThat(failure.getCause()).as("cause of: " + failure.getMessage()).isNull();
    assertThat(failure.getSuppressed()).as("suppressed by: " + failure.getMessage()).isEmpty();
    assertThat(failure.failureClass() == FailureClass.THROTTLED)
        .as("class THROTTLED goes with code THROTTLED: " + failure.getMessage())
        .isEqualTo(failure.code() == FailureCode.THROTTLED);
  }
}
