package dev.enclave.testkit.cloud;

import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;

/** Something that goes wrong in one call of a cloud-shaped backend. */
public sealed interface Fault {

  /**
   * The provider refuses; nothing happens.
   *
   * @param failureClass TRANSIENT, THROTTLED or PERMANENT
   * @param code what it says
   * @param retryAfter how long it asks to wait, when throttling
   */
  record Refused(FailureClass failureClass, FailureCode code, Optional<Duration> retryAfter)
      implements Fault {}

  /** The connection breaks; the caller cannot know where. */
  enum Lost implements Fault {
    /** Before the request arrived: nothing happened. */
    REQUEST,
    /** After the first of several writes: a key without an entry, a switch without the retiring. */
    HALFWAY,
    /** After everything was carried out. */
    ANSWER
  }

  /** The provider answers a signing request, wrongly. */
  enum Wrong implements Fault {
    /** A good signature that names another version. */
    VERSION,
    /** The signature of another key, naming the right version. */
    KEY,
    /** One bit of the signature is flipped. */
    BIT,
    /** The last byte of the signature is missing. */
    LENGTH
  }

  /** The provider is down for a moment. */
  static Fault unavailable() {
    return new Refused(FailureClass.TRANSIENT, FailureCode.UNAVAILABLE, Optional.empty());
  }

  /** The provider asks to slow down, without saying for how long. */
  static Fault throttled() {
    return new Refused(FailureClass.THROTTLED, FailureCode.THROTTLED, Optional.empty());
  }

  /** The provider asks to slow down for {@code retryAfter}. */
  static Fault throttled(Duration retryAfter) {
    return new Refused(FailureClass.THROTTLED, FailureCode.THROTTLED, Optional.of(retryAfter));
  }

  /** The identity lacks a permission. */
  static Fault accessDenied() {
    return permanent(FailureCode.ACCESS_DENIED);
  }

  /** Refused for good. */
  static Fault permanent(FailureCode code) {
    return new Refused(FailureClass.PERMANENT, code, Optional.empty());
  }
}
