package dev.enclave.emulators.wire;

import java.time.Duration;
import java.util.function.Supplier;

/** What the client gets to see of an answer. */
public sealed interface Delivery {

  /** The answer, whole. */
  record Answer(ServiceResponse response) implements Delivery {}

  /**
   * The head of the answer with its true Content-Length, the first bytes of its body, and then the
   * connection is closed.
   *
   * @param bytes how much of the body is sent; at most one byte less than all
   */
  record Truncated(ServiceResponse response, int bytes) implements Delivery {}

  /** Nothing: the connection is reset (TCP RST). */
  record Reset() implements Delivery {}

  /**
   * Nothing yet.
   *
   * @param delay real time to wait, at least zero
   * @param then asked after the delay, on a thread of the server's pool
   */
  record After(Duration delay, Supplier<Delivery> then) implements Delivery {}

  /**
   * What becomes of a request on purpose; the journal says so.
   *
   * @param fault what was done to it, in the words of the journal
   * @param then what the client gets to see
   */
  record Injected(String fault, Delivery then) implements Delivery {}

  /** The answer, whole. */
  static Delivery answer(ServiceResponse response) {
    return new Answer(response);
  }

  /** The answer, cut off after {@code bytes} bytes of its body. */
  static Delivery truncated(ServiceResponse response, int bytes) {
    return new Truncated(response, bytes);
  }

  /** A reset of the connection. */
  static Delivery reset() {
    return new Reset();
  }

  /** Whatever {@code then} says after {@code delay}. */
  static Delivery after(Duration delay, Supplier<Delivery> then) {
    return new After(delay, then);
  }

  /** {@code then}, with {@code fault} in the journal. */
  static Delivery injected(String fault, Delivery then) {
    return new Injected(fault, then);
  }
}
