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
import dev.enclave.browser.internal.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Serves the page on a free port of the loopback addresses, and registers and verifies for it.
 * There is one user, whoever opens the page; what is registered is forgotten when it is closed.
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

  private static final int MOST_ATTEMPTS = 10;

  private final List<HttpServer> servers;
  private final String origin;
  private final BrowserWallets wallets;

  private BrowserDemo(List<HttpServer> servers, InstantSource clock, SecureRandom random) {
    this.servers = servers;
    // By name: browsers make no passkey for an address.
    this.origin = "http://localhost:" + servers.get(0).getAddress().getPort();
    this.wallets = BrowserWallets.builder(origin, new InMemoryWalletStore(), clock, random).build();
  }

  /** Whether this build has the wallet: Node builds it, before the jar is made. */
  public static boolean hasWallet() {
    return FILES.values().stream().allMatch(name -> resource(name).isPresent());
  }

  /** Starts to serve. */
  public static BrowserDemo start(InstantSource clock, SecureRandom random) throws IOException {
    List<HttpServer> servers = servers();
    BrowserDemo demo = new BrowserDemo(servers, clock, random);
    for (HttpServer server : servers) {
      server.createContext("/", demo::handle);
      server.start();
    }
    return demo;
  }

  /**
   * On one port of each loopback address: a browser may take {@code localhost} for either, and
   * another user of this machine could listen at the one that is left free.
   */
  private static List<HttpServer> servers() throws IOException {
    for (int attempt = 1; ; attempt++) {
      HttpServer first = HttpServer.create(new InetSocketAddress(loopback(4), 0), 0);
      if (!hasIpv6Loopback()) {
        return List.of(first);
      }
      try {
        InetSocketAddress other = new InetSocketAddress(loopback(16), first.getAddress().getPort());
        return List.of(first, HttpServer.create(other, 0));
      } catch (BindException e) {
        first.stop(0);
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** 127.0.0.1 or ::1, by the length of the address. */
  private static InetAddress loopback(int length) throws UnknownHostException {
    byte[] address = new byte[length];
    address[length - 1] = 1;
    if (length == 4) {
      address[0] = 127;
    }
    return InetAddress.getByAddress(address);
  }

  private static boolean hasIpv6Loopback() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
  }

  /** Where the page is. */
  public URI address() {
    return URI.create(origin + "/");
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean posted = exchange.getRequestMethod().equals("POST");
    boolean challenges = path.equals("/challenge");
    boolean receives = path.startsWith("/requests/");
    Headers headers = exchange.getRequestHeaders();
    if (!origin.equals("http://" + headers.getFirst("Host"))
        || (posted && !origin.equals(headers.getFirst("Origin")))) {
      // Another site's name that leads here, or another site's page.
      answer(exchange, 403, "text/plain", Texts.FOR_PAGE_ONLY.with(origin));
    } else if (!posted && (challenges || receives)) {
      // An image of another site's page is a GET, without a header Origin.
      exchange.getResponseHeaders().set("Allow", "POST");
      answer(exchange, 405, "text/plain", Texts.SEND_A_POST.with());
    } else if (receives) {
      receive(exchange, action(path.substring("/requests/".length())));
    } else if (challenges) {
      challenge(exchange, action(String.valueOf(exchange.getRequestURI().getQuery())));
    } else if (!posted && path.equals("/keys")) {
      answer(exchange, 200, "application/json", wallets.activeKeys(USER));
    } else {
      Optional<byte[]> file = Optional.ofNullable(FILES.get(path)).flatMap(BrowserDemo::resource);
      answer(
          exchange,
          file.isPresent() ? 200 : 404,
          type(path),
          file.orElseGet(() -> Texts.NO_SUCH_PAGE.with().getBytes(UTF_8)));
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
      answer(exchange, 404, "text/plain", Texts.NO_SUCH_ACTION.with());
      return;
    }
    String json = wallets.challenge(USER, action.get(), PURPOSE).toJson();
    answer(exchange, 200, "application/json", json);
  }

  private void receive(HttpExchange exchange, Optional<WalletAction> action) throws IOException {
    if (action.isEmpty()) {
      answer(exchange, 404, "text/plain", Texts.NO_SUCH_ACTION.with());
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
      case REGISTER -> Texts.REGISTERED.with();
      case SIGN -> Texts.VERIFIED.with(accepted.text());
      case ROTATE -> Texts.ROTATED.with();
      case REVOKE -> Texts.REVOKED.with();
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
      throw new IllegalStateException("memory takes every byte");
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
    servers.forEach(server -> server.stop(0));
  }
}
