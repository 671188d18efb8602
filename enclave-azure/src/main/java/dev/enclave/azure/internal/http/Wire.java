package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.util.BinaryData;
import dev.enclave.internal.http.BoundedHttp;
import dev.enclave.internal.http.HttpAnswer;
import dev.enclave.internal.http.HttpAnswer.Kind;
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

  private final SlowStart start = new SlowStart();
  private final BoundedHttp http;

  /** Over connections that {@code tls} makes. */
  public Wire(SSLContext tls) {
    http = new BoundedHttp(() -> tls, LONGEST_BODY);
  }

  /** What azure-identity's own tasks run on, so that they end with this. */
  public ExecutorService threads() {
    return http.threads();
  }

  /**
   * Sends it and waits for the whole answer.
   *
   * @param target where to, which may be another place than the request names
   * @throws WireException when none came
   */
  Answer exchange(com.azure.core.http.HttpRequest request, URI target, Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    HttpRequest built = built(request, target);
    try {
      if (!start.enter(longest.toNanos())) {
        throw WireException.late();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw WireException.late();
    }
    boolean connected = true;
    try {
      HttpAnswer answer = http.send(built, Duration.ofNanos(end - System.nanoTime()));
      if (answer instanceof HttpAnswer.Silent silent) {
        connected = silent.kind() != Kind.NOT_SENT;
        throw new WireException(silent);
      }
      return new Answer(
          (HttpAnswer.Answered) answer,
          request.getHeaders().getValue(HttpHeaderName.AUTHORIZATION) != null);
    } finally {
      start.left(connected);
    }
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
