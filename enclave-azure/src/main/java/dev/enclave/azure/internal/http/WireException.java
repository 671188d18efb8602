package dev.enclave.azure.internal.http;

import dev.enclave.internal.http.HttpAnswer.Kind;
import dev.enclave.internal.http.HttpAnswer.Silent;

/** No answer came. Without cause: the client's own may quote the request. */
public final class WireException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Kind kind;

  WireException(Silent silent) {
    super(silent.observed(), null, false, false);
    this.kind = silent.kind();
  }

  /** It was not to be sent there at all. */
  static WireException refused(String observed) {
    return new WireException(new Silent(Kind.NOT_SENT, observed));
  }

  /** The time was over before it was sent. */
  static WireException late() {
    return refused("no connection was to be had in time");
  }

  /** What became of the request. */
  public Kind kind() {
    return kind;
  }

  /** What was observed. */
  public String observed() {
    return String.valueOf(getMessage());
  }
}
