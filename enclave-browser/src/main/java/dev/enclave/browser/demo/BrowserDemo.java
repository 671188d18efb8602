package dev.enclave.browser.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.enclave.browser.BrowserWallets;
import dev.enclave.browser.InMemoryWalletStore;
import dev.enclave.browser.Reception;
import dev.enclave.browser.WalletAction;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Serves the page on a free port of 127.0.0.1, and registers and verifies for it. There is one
 * user, whoever opens the page; what is registered is forgotten when it is closed.
 */
public final class BrowserDemo implements AutoCloseable {

  private static final String USER = "you";
  private static final String PURPOSE = "demo";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self';"
          + " style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types enclave-wallet";

  /** Path to resource: the page beside this class, the wallet where Node's build put it. */
  private static final Map<String, String> FILES =
      Map.of(
          "/", "page.html",
          "/page.css", "page.css",
          "/page.js", "page.js",
          "/enclave/index.js", "/META-INF/resources/enclave/index.js",
          "/enclave/worker.js", "/META-INF/resources/enclave/worker.js");

  private final HttpServer server;
  private final String origin;
  private final BrowserWallets wallets;

  private BrowserDemo(HttpServer server, InstantSource clock, SecureRandom random) {
    this.server = server;
    // By name: browsers make no passkey for an address.
    this.origin = "http://localhost:" + server.getAddress().getPort();
    this.wallets = BrowserWallets.builder(origin, new InMemoryWalletStore(), clock, random).build();
  }

  /** Whether this build has the wallet: Node builds it, before the jar is made. */
  public static boolean hasWallet() {
    return FILES.values().stream().allMatch(name -> resource(name).isPresent());
  }

  /** Starts to serve. */
  public static BrowserDemo start(InstantSource clock, SecureRandom random) throws IOException {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    BrowserDemo demo = new BrowserDemo(server, clock, random);
    server.createContext("/", demo::handle);
    server.start();
    return demo;
  }

  /** Where the page is. */
  public URI address() {
    return URI.create(origin + "/");
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean posted = exchange.getRequestMethod().equals("POST");
    Headers headers = exchange.getRequestHeaders();
    if (!origin.equals("http://" + headers.getFirst("Host"))
        || (posted && !origin.equals(headers.getFirst("Origin")))) {
      // Another site's name that leads here, or another site's page.
      answer(exchange, 403, "text/plain", "This is for the page at " + origin + " only.");
    } else if (posted && path.startsWith("/requests/")) {
      receive(exchange, action(path.substring("/requests/".length())));
    } else if (!posted && path.equals("/challenge")) {
      challenge(exchange, action(String.valueOf(exchange.getRequestURI().getQuery())));
    } else if (!posted && path.equals("/keys")) {
      Map<String, Object> states = new LinkedHashMap<>();
      wallets.keys(USER).forEach(key -> states.put(key.id().toString(), key.state().name()));
      answer(exchange, 200, "application/json", json(states));
    } else {
      Optional<byte[]> file = Optional.ofNullable(FILES.get(path)).flatMap(BrowserDemo::resource);
      answer(
          exchange,
          file.isPresent() ? 200 : 404,
          type(path),
          file.orElseGet(() -> "There is no such page.".getBytes(UTF_8)));
    }
  }

  private static Optional<WalletAction> action(String text) {
    String name = text.substring(text.indexOf('=') + 1).toUpperCase(Locale.ROOT);
    for (WalletAction action : WalletAction.values()) {
      if (action.name().equals(name)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }

  private void challenge(HttpExchange exchange, Optional<WalletAction> action) throws IOException {
    if (action.isEmpty()) {
      answer(exchange, 404, "text/plain", "There is no such action.");
      return;
    }
    String json = wallets.challenge(USER, action.get(), PURPOSE).toJson();
    answer(exchange, 200, "application/json", json);
  }

  private void receive(HttpExchange exchange, Optional<WalletAction> action) throws IOException {
    if (action.isEmpty()) {
      answer(exchange, 404, "text/plain", "There is no such action.");
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(BrowserWallets.LONGEST_REQUEST + 1);
    Reception reception = wallets.receive(USER, action.get(), PURPOSE, new String(body, UTF_8));
    if (reception instanceof Reception.Accepted accepted) {
      answer(exchange, 200, "application/json", json(reception(true, said(accepted))));
    } else if (reception instanceof Reception.Refused refused) {
      answer(exchange, 403, "application/json", json(reception(false, refused.message())));
    }
  }

  private static String said(Reception.Accepted accepted) {
    return switch (accepted.action()) {
      case REGISTER -> "The server registered the key.";
      case SIGN -> "The server verified the signature over: " + accepted.text();
      case ROTATE -> "The server accepts the new key in place of the old one.";
      case REVOKE -> "The server revoked the key and will never accept it again.";
    };
  }

  private static Map<String, Object> reception(boolean accepted, String message) {
    return Map.of("accepted", accepted, "message", message);
  }

  private static String json(Map<String, Object> members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, Object> member : members.entrySet()) {
        json.writeFieldName(member.getKey());
        if (member.getValue() instanceof Boolean truth) {
          json.writeBoolean(truth);
        } else {
          json.writeString(String.valueOf(member.getValue()));
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static String type(String path) {
    if (path.endsWith(".js")) {
      return "text/javascript";
    }
    return path.endsWith(".css") ? "text/css" : path.equals("/") ? "text/html" : "text/plain";
  }

  private static Optional<byte[]> resource(String name) {
    try (InputStream in = BrowserDemo.class.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    answer(exchange, status, type, text.getBytes(UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type + "; charset=utf-8");
    headers.set("Content-Security-Policy", POLICY);
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
