package dev.enclave.azure.internal.http;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** No answer came. Without cause: the client's own may quote the request. */
public final class WireException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_CAUSE_CHAIN = 16;

  /** What kept it. */
  public enum Kind {
    /** Not an octet of the request has left. */
    NOT_SENT,
    /** The time was over. */
    LATE,
    /** The connection broke, or what came was no answer. */
    BROKEN
  }

  private final Kind kind;

  private WireException(Kind kind, String observed) {
    super(observed, null, false, false);
    this.kind = kind;
  }

  /** It was not to be sent there at all. */
  static WireException refused(String observed) {
    return new WireException(Kind.NOT_SENT, observed);
  }

  /** The time was over. */
  static WireException late(boolean sent) {
    return sent
        ? new WireException(Kind.LATE, "no answer came before the deadline")
        : new WireException(Kind.NOT_SENT, "no connection was to be had in time");
  }

  /** What came did not end, or broke off. */
  static WireException broken() {
    return new WireException(Kind.BROKEN, "the connection broke, or what came is no answer");
  }

  /** What the client threw, in our words. */
  static WireException because(Throwable thrown, boolean sent) {
    if (is(thrown, UnresolvedAddressException.class) || is(thrown, UnknownHostException.class)) {
      return new WireException(Kind.NOT_SENT, "its host name is not known to the name service");
    }
    if (is(thrown, HttpConnectTimeoutException.class)) {
      return new WireException(Kind.NOT_SENT, "no connection was to be had in time");
    }
    if (is(thrown, ConnectException.class)) {
      return new WireException(Kind.NOT_SENT, "nobody accepts connections there");
    }
    if (is(thrown, HttpTimeoutException.class) || is(thrown, TimeoutException.class)) {
      return late(sent);
    }
    if (!sent && is(thrown, SSLException.class)) {
      return new WireException(
          Kind.NOT_SENT, "no TLS connection was agreed on: is its certificate trusted?");
    }
    return sent
        ? broken()
        : new WireException(Kind.NOT_SENT, "the connection broke before anything was sent");
  }

  private static boolean is(Throwable thrown, Class<? extends Throwable> kind) {
    @Nullable Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < LONGEST_CAUSE_CHAIN; depth++) {
      if (kind.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** What kept it. */
  public Kind kind() {
    return kind;
  }

  /** What was observed. */
  public String observed() {
    return String.valueOf(getMessage());
  }
}
