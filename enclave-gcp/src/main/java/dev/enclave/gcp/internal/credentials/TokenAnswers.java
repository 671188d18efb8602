package dev.enclave.gcp.internal.credentials;

import dev.enclave.gcp.internal.credentials.TokenExchange.Answer;
import dev.enclave.gcp.internal.credentials.TokenExchange.Answered;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;

/** What token endpoints answer. */
final class TokenAnswers {

  private TokenAnswers() {}

  /**
   * The token.
   *
   * @param host who was asked
   * @param with what it was asked with
   * @param fix what to do when it refuses
   */
  static AccessToken token(Answer answer, String host, String with, TimeSource time, String fix)
      throws BackendFailure {
    if (!(answer instanceof Answered answered)) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE, host + " gave no answer to " + with + ". Look at the network.");
    }
    if (answered.status() >= 500 || answered.status() == 429) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          host + " answered HTTP " + answered.status() + " to " + with + ". Ask again.");
    }
    if (answered.status() != 200) {
      throw BackendFailure.permanent(
          FailureCode.ACCESS_DENIED,
          host + " answered HTTP " + answered.status() + " to " + with + ". " + fix);
    }
    return Documents.token(answered.body(), time)
        .orElseThrow(
            () ->
                BackendFailure.transientFailure(
                    FailureCode.UNAVAILABLE,
                    host + " answered something else than an access token. Ask again."));
  }
}
