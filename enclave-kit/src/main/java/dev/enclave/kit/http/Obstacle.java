package dev.enclave.kit.http;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** What kept a connection from being made, as far as it tells what mends it. */
public enum Obstacle {
  /** The name service does not know the host. */
  UNKNOWN_HOST("its host name is not known to the name service"),
  /** Nothing accepts connections at the port. */
  REFUSED("nobody listens there"),
  /** The certificate is not trusted, is another host's, or is outside its time. */
  CERTIFICATE("no TLS connection was agreed on: is its certificate trusted?"),
  /** What answers does not speak TLS. */
  NO_TLS("what answers there speaks no TLS"),
  /** Other requests of this process had what it waited for. No word on who was to be asked. */
  LOAD("other requests of this process were before it"),
  /** Anything else, such as a network that lets nothing through. */
  OTHER("no connection was to be had in time");

  /** The JDK has no exception of its own for it; Netty has. */
  private static final String NO_RECORD = "Unsupported or unrecognized SSL message";

  private final String observed;

  Obstacle(String observed) {
    this.observed = observed;
  }

  /** What a client threw before it had sent anything. */
  public static Obstacle of(Throwable thrown) {
    // Java's client has a refused connection stand for an unknown host too, which it causes.
    return CertificateTrust.chain(thrown)
        .map(Obstacle::ofOne)
        .filter(it -> it != OTHER)
        .reduce(OTHER, (outer, cause) -> cause);
  }

  private static Obstacle ofOne(Throwable thrown) {
    if (thrown instanceof UnknownHostException || thrown instanceof UnresolvedAddressException) {
      return UNKNOWN_HOST;
    }
    if (thrown instanceof CertificateException || thrown instanceof SSLHandshakeException) {
      return CERTIFICATE;
    }
    if (thrown instanceof SSLException) {
      String message = thrown.getMessage();
      return thrown.getClass().getSimpleName().equals("NotSslRecordException")
              || (message != null && message.startsWith(NO_RECORD))
          ? NO_TLS
          : CERTIFICATE;
    }
    return thrown instanceof ConnectException ? REFUSED : OTHER;
  }

  /** As messages say it: nothing of what the client says, which may quote the request. */
  public String observed(Throwable thrown) {
    return CertificateTrust.refusal(thrown)
        .map(refused -> "no TLS connection was agreed on: " + refused)
        .orElse(observed);
  }
}
