package dev.enclave.emulators.gcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode.Code;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What Google's client makes of an error. */
final class GcpRefusals {

  private GcpRefusals() {}

  static void assertRefused(ThrowingCallable call, Code code) {
    assertRefused(call, code, "");
  }

  static void assertRefused(ThrowingCallable call, Code code, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ApiException.class,
            error -> assertThat(error.getStatusCode().getCode()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  static ApiException refusal(ThrowingCallable call) {
    try {
      call.call();
    } catch (ApiException e) {
      return e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("nothing was refused");
  }
}
