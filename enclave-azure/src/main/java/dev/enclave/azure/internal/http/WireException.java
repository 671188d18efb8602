package dev.enclave.azure.internal.http;

import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.Obstacle;

/** No answer came. Without cause: the client's own may quote the request. */
public final class WireException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final Obstacle obstacle;
  private final boolean load;

  WireException(Silent silent) {
    this(silent, false);
  }

  private WireException(Silent silent, boolean load) {
    super(silent.observed(), null, false, false);
    this.kind = silent.kind();
    this.obstacle = silent.obstacle();
    this.load = load;
  }

  /** Other requests of this process had what it waited for, so that no answer came in time. */
  static WireException load(Kind kind, String observed) {
    return new WireException(new Silent(kind, observed), true);
  }

  /** It was not to be sent there at all. */
  static WireException refused(String observed) {
    return new WireException(new Silent(Kind.NOT_SENT, observed));
  }

  /** The time was over before it was sent. */
  static WireException late() {
    return refused("no connection was to be had in time");
  }

  /** Whether it says nothing of whom it was to be sent to: it waited for other requests of ours. */
  public boolean load() {
    return load;
  }

  /** What became of the request. */
  public Kind kind() {
    return kind;
  }

  /** What kept a connection from being made. */
  public Obstacle obstacle() {
    return obstacle;
  }

  /** What was observed. */
  public String observed() {
    return String.valueOf(getMessage());
  }
}
