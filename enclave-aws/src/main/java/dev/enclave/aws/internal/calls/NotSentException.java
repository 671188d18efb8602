package dev.enclave.aws.internal.calls;

import dev.enclave.internal.http.CertificateTrust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** There was no connection, so not an octet of the request has left. */
final class NotSentException extends IOException {

  private static final long serialVersionUID = 1L;

  private NotSentException(String observed) {
    super(observed);
  }

  /** What kept a request from being sent, in our words: the client's own may quote the request. */
  static NotSentException because(IOException failure) {
    if (failure instanceof UnknownHostException) {
      return new NotSentException("its host name is not known to the name service");
    }
    Optional<String> refused = CertificateTrust.refusal(failure);
    if (refused.isPresent()) {
      return new NotSentException("no TLS connection was agreed on: " + refused.get());
    }
    if (failure instanceof SSLException) {
      return new NotSentException("no TLS connection was agreed on: is its certificate trusted?");
    }
    if (failure instanceof ConnectException) {
      return new NotSentException("nobody accepts connections there");
    }
    return new NotSentException("no connection was to be had in time");
  }

  /** What was observed. */
  String observed() {
    return String.valueOf(getMessage());
  }
}
