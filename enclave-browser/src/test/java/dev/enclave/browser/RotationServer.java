package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * The server of {@code src/test/js/rotation.mjs}, in a process that can be ended at a commit; its
 * database is a file. Arguments: the database and the origin. Prints its port.
 */
final class RotationServer {

  private static final String USER = "user:7";
  private static final String PURPOSE = "wallet";
  private static final List<String> TABLES =
      List.of("enclave_browser_challenge", "enclave_browser_key");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self';"
          + " style-src 'self'; require-trusted-types-for 'script'; trusted-types enclave-wallet";
  private static final Map<String, String> PAGES =
      Map.of(
          "/",
          "<!doctype html><meta charset=utf-8><title>Wallet</title><script type=module src=/page.js></script>",
          "/page.js",
          "import * as enclave from '/index.js'; globalThis.enclave = enclave;"
              + " document.documentElement.dataset.ready = 'yes';");

  private final JdbcConnectionPool database;
  private final BrowserWallets wallets;

  /** Seconds ahead of the system's clock. */
  private final AtomicLong ahead = new AtomicLong();

  /** What the page told this server to do: {@code before}, {@code after} or {@code forget}. */
  private volatile String told = "";

  private RotationServer(String file, String origin) {
    database = JdbcConnectionPool.create("jdbc:h2:file:" + file + ";WRITE_DELAY=0", "", "");
    wallets =
        BrowserWallets.builder(
                origin,
                ending(new JdbcWalletStore(database)),
                () -> Instant.now().plusSeconds(ahead.get()),
                new SecureRandom())
            .build();
  }

  /** A store whose process ends before or after the next commit, as was told. */
  private WalletStore ending(WalletStore store) {
    return (WalletStore)
        Proxy.newProxyInstance(
            WalletStore.class.getClassLoader(),
            new Class<?>[] {WalletStore.class},
            (proxy, method, args) -> {
              try {
                boolean commit = method.getName().equals("commit");
                haltIf(commit && told.equals("before"));
                Object result = method.invoke(store, args);
                haltIf(commit && told.equals("after"));
                return result;
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  private static void haltIf(boolean now) {
    if (now) {
      Runtime.getRuntime().halt(1);
    }
  }

  public static void main(String[] args) throws Exception {
    boolean isNew = !Files.exists(Path.of(args[0] + ".mv.db"));
    RotationServer own = new RotationServer(args[0], args[1]);
    if (isNew) {
      own.execute(JdbcWalletStore.SCHEMA.stream());
    }
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", own::handle);
    server.start();
    System.out.println("port " + server.getAddress().getPort());
    // Until the test's end of it is gone.
    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    byte[] body = exchange.getRequestBody().readNBytes(BrowserWallets.LONGEST_REQUEST + 1);
    if (PAGES.containsKey(path)) {
      answer(exchange, path.endsWith(".js") ? "text/javascript" : "text/html", PAGES.get(path));
    } else if (last.endsWith(".js")) {
      answer(exchange, "text/javascript", Files.readString(Path.of("target/ts", last)));
    } else if (path.startsWith("/challenge/")) {
      answer(exchange, "application/json", wallets.challenge(USER, action(last), PURPOSE).toJson());
    } else if (path.startsWith("/requests/")) {
      Reception received = wallets.receive(USER, action(last), PURPOSE, new String(body, UTF_8));
      if (told.equals("forget")) {
        control("forgotten");
      }
      boolean accepted = received instanceof Reception.Accepted;
      String refusal =
          received instanceof Reception.Refused refused ? refused.refusal().name() : "";
      answer(
          exchange,
          "application/json",
          "{\"accepted\":%s,\"refusal\":\"%s\"}".formatted(accepted, refusal));
    } else if (path.equals("/keys")) {
      answer(exchange, "application/json", wallets.activeKeys(USER));
    } else {
      control(last);
      answer(exchange, "text/plain", "");
    }
  }

  private static WalletAction action(String name) {
    return WalletAction.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private void control(String what) {
    switch (what) {
      case "mark" ->
          execute(
              TABLES.stream()
                  .flatMap(
                      table ->
                          Stream.of(
                              "DROP TABLE IF EXISTS marked_" + table,
                              "CREATE TABLE marked_" + table + " AS SELECT * FROM " + table)));
      case "reset" -> {
        ahead.set(0);
        execute(
            TABLES.stream()
                .flatMap(
                    table ->
                        Stream.of(
                            "DELETE FROM " + table,
                            "INSERT INTO " + table + " SELECT * FROM marked_" + table)));
      }
      case "forgotten" ->
          execute(Stream.of("DELETE FROM enclave_browser_challenge WHERE request IS NOT NULL"));
      case "fresh" -> {
        ahead.set(0);
        told = "";
        execute(TABLES.stream().map(table -> "DELETE FROM " + table));
      }
      case "later" -> ahead.set(7200);
      default -> told = what;
    }
  }

  private void execute(Stream<String> statements) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements.toList()) {
        statement.execute(sql);
      }
      connection.commit();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void answer(HttpExchange exchange, String type, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }
}
