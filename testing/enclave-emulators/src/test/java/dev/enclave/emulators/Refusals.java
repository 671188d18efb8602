package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What the SDK makes of an error answer. */
final class Refusals {

  private Refusals() {}

  static void assertRefused(ThrowingCallable call, String name) {
    assertRefused(call, name, 400, "");
  }

  static void assertRefused(ThrowingCallable call, String name, String message) {
    assertRefused(call, name, 400, message);
  }

  static void assertRefused(ThrowingCallable call, String name, int status, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AwsServiceException.class,
            error -> {
              assertThat(error.awsErrorDetails().errorCode()).isEqualTo(name);
              assertThat(error.statusCode()).isEqualTo(status);
              assertThat(error.requestId()).isNotBlank();
            })
        .hasMessageContaining(message);
  }
}
