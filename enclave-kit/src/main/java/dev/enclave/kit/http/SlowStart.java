package dev.enclave.kit.http;

import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.texts.Texts;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many requests may be under way at once: few to begin with, and one more for each that is
 * served, which doubles them every round trip. Hundreds of callers who all came at once would each
 * open a connection, and on a small machine none of the handshakes would end in time. Where there
 * are connections enough nobody waits. Who waited in vain is told by {@link Obstacle#LOAD}.
 * Thread-safe.
 */
public final class SlowStart implements HttpExchange {

  static final int FIRST = 16;

  /** With less left the service had no time to answer, as the engine sees it. */
  private static final long TIME_TO_ANSWER = Duration.ofSeconds(1).toNanos();

  private final HttpExchange exchange;
  private final int first;
  private final int most;
  private final Semaphore places;
  private int allowed;

  /** How many of those that end give their place to nobody. */
  private int withdrawn;

  /**
   * Before an exchange, which ends with this.
   *
   * @param most at once at the end
   */
  public SlowStart(HttpExchange exchange, int most) {
    this.exchange = exchange;
    this.first = Math.min(FIRST, most);
    this.most = most;
    this.places = new Semaphore(first);
    this.allowed = first;
  }

  @Override
  public HttpAnswer send(HttpRequest request, Duration within) {
    long end = System.nanoTime() + within.toNanos();
    boolean waited = !places.tryAcquire();
    try {
      if (waited && !enter(within.toNanos())) {
        return new Silent(Kind.NOT_SENT, observed(), Obstacle.LOAD);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Silent(Kind.NOT_SENT, Texts.INTERRUPTED_WAITING.with(), Obstacle.LOAD);
    }
    long left = end - System.nanoTime();
    boolean connected = true;
    try {
      HttpAnswer answer = exchange.send(request, Duration.ofNanos(left));
      if (answer instanceof Silent silent) {
        connected = silent.kind() != Kind.NOT_SENT || left <= 0;
        if (waited && left < TIME_TO_ANSWER && silent.kind() != Kind.BROKEN) {
          return new Silent(silent.kind(), Texts.WAITED_TOO_LONG.with(), Obstacle.LOAD);
        }
      }
      return answer;
    } finally {
      left(connected);
    }
  }

  private synchronized String observed() {
    return Texts.TOO_MANY_REQUESTS.with(allowed, places.getQueueLength());
  }

  /** Waits until another one may be under way; returns whether it may, in that time. */
  boolean enter(long nanos) throws InterruptedException {
    return places.tryAcquire(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * One is over.
   *
   * @param connected whether it got as far as a connection; if not, all begin anew
   */
  synchronized void left(boolean connected) {
    int before = allowed;
    allowed = connected ? Math.min(before + 1, most) : first;
    int free = allowed < before ? places.drainPermits() : 0;
    int now = free + 1 + allowed - before - withdrawn;
    withdrawn = Math.max(0, -now);
    places.release(Math.max(0, now));
  }

  @Override
  public void close() {
    exchange.close();
  }
}
