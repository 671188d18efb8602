package dev.enclave.os.internal.linux.bus;

import org.freedesktop.dbus.Tuple;
import org.freedesktop.dbus.annotations.Position;

/**
 * The two values a method answers with.
 *
 * @param <A> type of the first
 * @param <B> type of the second
 */
public final class Two<A, B> extends Tuple {

  @Position(0)
  private final A first;

  @Position(1)
  private final B second;

  public Two(A first, B second) {
    this.first = first;
    this.second = second;
  }

  public A first() {
    return first;
  }

  public B second() {
    return second;
  }
}
