package dev.enclave.aws.internal.calls;

import dev.enclave.kit.http.Obstacle;
import java.io.IOException;

/** No answer came. Without a cause: the client's own may quote the request. */
final class NoAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String place;
  private final boolean sent;
  private final Obstacle obstacle;

  /**
   * @param place where the request was to go, such as {@code http://127.0.0.1:4566}
   * @param sent whether an octet of the request may have left
   */
  NoAnswerException(IOException failure, String place, boolean sent) {
    super(Obstacle.of(failure).observed(failure));
    this.place = place;
    this.sent = sent;
    this.obstacle = Obstacle.of(failure);
  }

  String place() {
    return place;
  }

  boolean sent() {
    return sent;
  }

  /** What kept the request from being sent. */
  Obstacle obstacle() {
    return obstacle;
  }

  String observed() {
    return String.valueOf(getMessage());
  }
}
