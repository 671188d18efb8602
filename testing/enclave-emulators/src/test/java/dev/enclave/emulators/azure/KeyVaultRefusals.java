package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the SDK makes of an error answer. */
final class KeyVaultRefusals {

  private static final HttpHeaderName REQUEST_ID = HttpHeaderName.fromString("x-ms-request-id");

  private KeyVaultRefusals() {}

  static void assertRefused(ThrowingCallable call, int status, String code) {
    assertRefused(call, status, code, "");
  }

  /**
   * Fails unless the service refused so.
   *
   * @param inner the code of the inner error; empty if there shall be none
   */
  static void assertRefused(ThrowingCallable call, int status, String code, String inner) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            HttpResponseException.class,
            error -> {
              assertThat(error.getResponse().getStatusCode()).isEqualTo(status);
              assertThat(error.getResponse().getHeaders().getValue(REQUEST_ID)).isNotBlank();
              Map<String, String> body = body(error);
              assertThat(body).containsEntry("error.code", code).containsKey("error.message");
              assertThat(body.getOrDefault("error.innererror.code", "")).isEqualTo(inner);
            });
  }

  private static Map<String, String> body(HttpResponseException error) {
    try {
      return RawVault.flat(error.getResponse().getBodyAsBinaryData().toString());
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
