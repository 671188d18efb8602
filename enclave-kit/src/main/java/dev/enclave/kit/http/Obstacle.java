package dev.enclave.kit.http;

import dev.enclave.kit.texts.Texts;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** What kept a connection from being made, as far as it tells what mends it. */
public enum Obstacle {
  /** The name service does not know the host. */
  UNKNOWN_HOST(Texts.HOST_UNKNOWN.with()),
  /** Nothing accepts connections at the port. */
  REFUSED(Texts.NOBODY_LISTENS.with()),
  /** The certificate is not trusted, is another host's, or is outside its time. */
  CERTIFICATE(Texts.NO_TLS_AGREED.with()),
  /** What answers does not speak TLS. */
  NO_TLS(Texts.SPEAKS_NO_TLS.with()),
  /** Other requests of this process had what it waited for. No word on who was to be asked. */
  LOAD(Texts.OTHERS_BEFORE_IT.with()),
  /** Anything else, such as a network that lets nothing through. */
  OTHER(Texts.NO_CONNECTION_IN_TIME.with());

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
        .map(refused -> Texts.NO_TLS_SINCE.with(refused))
        .orElse(observed);
  }
}
