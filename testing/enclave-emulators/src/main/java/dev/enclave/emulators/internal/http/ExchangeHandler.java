package dev.enclave.emulators.internal.http;

import dev.enclave.emulators.internal.exchange.Exchange;
import dev.enclave.emulators.internal.http.HttpTransport.Site;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/** Reads a request whole, has it decided about, journals it and writes the answer. */
final class ExchangeHandler extends Handler.Abstract.NonBlocking {

  /** IMF-fixdate (RFC 9110 §5.6.7), which each of the services sends, by the server's clock. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Site site;

  ExchangeHandler(Site site) {
    this.site = site;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (request.getLength() > site.bodies().mostBytes()) {
      // Read to its end first: who is still sending may never read an answer.
      Content.Source.consumeAll(
          request, Callback.from(() -> tooLong(request, response, callback), callback::failed));
      return true;
    }
    Content.Source.asByteBuffer(
        request,
        Promise.from(
            body ->
                getServer().getThreadPool().execute(() -> serve(request, response, callback, body)),
            callback::failed));
    return true;
  }

  private void tooLong(Request request, Response response, Callback callback) {
    new Writer(request, response, callback, site.clock()).answer(site.bodies().tooLong());
  }

  private void serve(Request request, Response response, Callback callback, ByteBuffer body) {
    if (body.remaining() > site.bodies().mostBytes()) { // It was sent in chunks.
      tooLong(request, response, callback);
      return;
    }
    try {
      ServiceRequest unnamed = serviceRequest(request, body);
      ServiceRequest named = unnamed.named(site.operationOf().apply(unnamed));
      Exchange exchange = new Exchange(named, site.service(), site.clock());
      deliver(
          site.interceptor().intercept(named, exchange),
          exchange,
          new Writer(request, response, callback, site.clock()));
    } catch (RuntimeException | Error e) {
      callback.failed(e);
    }
  }

  private void deliver(Delivery delivery, Exchange exchange, Writer writer) {
    if (delivery instanceof Delivery.Injected injected) {
      exchange.injected(injected.fault());
      deliver(injected.then(), exchange, writer);
    } else if (delivery instanceof Delivery.After after) {
      getServer()
          .getScheduler()
          .schedule(
              () -> getServer().getThreadPool().execute(() -> resume(after, exchange, writer)),
              after.delay().toNanos(),
              TimeUnit.NANOSECONDS);
    } else if (delivery instanceof Delivery.Answer answer) {
      site.journal().record(exchange.entry(answer.response(), Fate.ANSWERED));
      writer.answer(answer.response());
    } else if (delivery instanceof Delivery.Truncated cut) {
      site.journal().record(exchange.entry(cut.response(), Fate.TRUNCATED));
      writer.truncated(cut.response(), cut.bytes());
    } else {
      site.journal().record(exchange.entry(null, Fate.RESET));
      writer.reset();
    }
  }

  private void resume(Delivery.After after, Exchange exchange, Writer writer) {
    try {
      deliver(after.then().get(), exchange, writer);
    } catch (RuntimeException | Error e) {
      writer.failed(e);
    }
  }

  private ServiceRequest serviceRequest(Request request, ByteBuffer content) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.computeIfAbsent(field.getName(), any -> new ArrayList<>()).add(field.getValue());
    }
    byte[] body = new byte[content.remaining()];
    content.get(body);
    String query = request.getHttpURI().getQuery();
    return ServiceRequest.of(
        UUID.randomUUID().toString(),
        site.clock().instant(),
        request.getMethod(),
        request.getHttpURI().getPath(),
        query == null ? "" : query,
        headers,
        body);
  }

  /** Writes bytes, or makes sure that none arrive. */
  private record Writer(
      Request request, Response response, Callback callback, InstantSource clock) {

    void answer(ServiceResponse answer) {
      byte[] body = head(answer);
      response.write(true, ByteBuffer.wrap(body), callback);
    }

    void truncated(ServiceResponse answer, int bytes) {
      byte[] body = head(answer);
      int sent = Math.max(0, Math.min(bytes, body.length - 1));
      response.write(
          false, ByteBuffer.wrap(body, 0, sent), Callback.from(this::hangUp, error -> hangUp()));
    }

    void reset() {
      Connections.resetOnClose(request);
      hangUp();
    }

    void failed(Throwable error) {
      callback.failed(error);
    }

    private byte[] head(ServiceResponse answer) {
      byte[] body = answer.body();
      response.setStatus(answer.status());
      response.getHeaders().put("Date", HTTP_DATE.format(clock.instant()));
      answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
      response.getHeaders().put("Content-Length", Integer.toString(body.length));
      return body;
    }

    private void hangUp() {
      Connections.close(request);
      callback.failed(new EofException("closed on purpose"));
    }
  }
}
