package dev.enclave.gcp.internal.credentials;

import java.util.Map;

/** The way to Google's token endpoints. */
@FunctionalInterface
public interface TokenExchange {

  /** All that Enclave asks for. */
  String SCOPE = "https://www.googleapis.com/auth/cloudkms";

  /** What came of it. */
  sealed interface Answer {}

  /**
   * Somebody answered.
   *
   * @param status the HTTP status; redirects are not followed
   * @param body the text
   */
  record Answered(int status, String body) implements Answer {

    /** The status alone: the body may hold a token. */
    @Override
    public String toString() {
      return "Answered[" + status + "]";
    }
  }

  /** Nobody did, in time. */
  record Silent() implements Answer {}

  /**
   * Posts a document.
   *
   * @param url one of Google's own, over TLS
   */
  Answer post(String url, Map<String, String> headers, String body);
}
