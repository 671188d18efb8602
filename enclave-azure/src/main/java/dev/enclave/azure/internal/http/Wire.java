package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.util.BinaryData;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Kind;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLContext;

/**
 * The SDK's requests, each by one exchange of {@link BoundedHttp}, and few at once to begin with.
 * Thread-safe.
 */
public final class Wire implements AutoCloseable {

  /** No answer of Key Vault or of Microsoft Entra comes near it. */
  private static final int LONGEST_BODY = 1 << 20;

  /** The JDK's client sets them itself. */
  private static final Set<String> ITS_OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  /** With less left the vault had no time to answer, as the engine sees it. */
  private static final long TIME_TO_ANSWER = Duration.ofSeconds(1).toNanos();

  private final SlowStart start;
  private final BoundedHttp http;

  /**
   * Over connections that {@code tls} makes.
   *
   * @param most requests to the vault that may be under way at once
   */
  public Wire(SSLContext tls, int most) {
    start = new SlowStart(most);
    http = new BoundedHttp(() -> tls, LONGEST_BODY);
  }

  /** What azure-identity's own tasks run on, so that they end with this. */
  public ExecutorService threads() {
    return http.threads();
  }

  /**
   * Sends it in its turn, and waits for the whole answer.
   *
   * @param target where to, which may be another place than the request names
   * @throws WireException when none came
   */
  Answer exchange(com.azure.core.http.HttpRequest request, URI target, Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    HttpRequest built = built(request, target);
    boolean waited = waited(longest);
    long left = end - System.nanoTime();
    boolean connected = true;
    try {
      return sent(request, built, Duration.ofNanos(left));
    } catch (WireException e) {
      connected = e.kind() != Kind.NOT_SENT || left <= 0;
      throw waited && left < TIME_TO_ANSWER && e.kind() != Kind.BROKEN
          ? WireException.load(
              e.kind(), "it waited in this process until too little time was left for an answer")
          : e;
    } finally {
      start.left(connected);
    }
  }

  /**
   * Sends it at once, and waits for the whole answer: for what the others cannot be sent without.
   *
   * @throws WireException when none came
   */
  Answer exchangeAtOnce(com.azure.core.http.HttpRequest request, URI target, Duration longest) {
    return sent(request, built(request, target), longest);
  }

  /** Takes its turn; returns whether it waited for that. */
  private boolean waited(Duration longest) {
    if (start.enter()) {
      return false;
    }
    try {
      if (start.enter(longest.toNanos())) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw WireException.load(Kind.NOT_SENT, "the thread was interrupted while it waited");
    }
    throw WireException.load(Kind.NOT_SENT, start.observed());
  }

  private Answer sent(
      com.azure.core.http.HttpRequest request, HttpRequest built, Duration longest) {
    HttpAnswer answer = http.send(built, longest);
    if (answer instanceof HttpAnswer.Silent silent) {
      throw new WireException(silent);
    }
    return new Answer(
        (HttpAnswer.Answered) answer,
        request.getHeaders().getValue(HttpHeaderName.AUTHORIZATION) != null);
  }

  private static HttpRequest built(com.azure.core.http.HttpRequest request, URI target) {
    BinaryData body = request.getBodyAsBinaryData();
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(target)
              .method(
                  request.getHttpMethod().name(),
                  body == null
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofByteArray(body.toBytes()));
      for (HttpHeader header : request.getHeaders()) {
        if (!ITS_OWN.contains(header.getName().toLowerCase(Locale.ROOT))) {
          header.getValuesList().forEach(value -> builder.header(header.getName(), value));
        }
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw WireException.refused("it is no request that HTTP knows");
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
