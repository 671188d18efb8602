package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import javax.sql.DataSource;

// region handler
/** Receives payments that users confirm in their wallets. */
final class PaymentHandler implements HttpHandler {

  private final BrowserWallets wallets;
  private final Function<HttpExchange, String> signedInUser;

  PaymentHandler(BrowserWallets wallets, Function<HttpExchange, String> signedInUser) {
    this.wallets = wallets;
    this.signedInUser = signedInUser;
  }

  /** The store's tables are made by {@link JdbcWalletStore#SCHEMA}. */
  static BrowserWallets wallets(String origin, DataSource database, InstantSource clock) {
    return BrowserWallets.builder(origin, new JdbcWalletStore(database), clock, new SecureRandom())
        .challengeLifetime(Duration.ofMinutes(5))
        .build();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      answer(exchange, 405, "Send a POST.");
    } else if (!wallets.origin().equals(exchange.getRequestHeaders().getFirst("Origin"))) {
      answer(exchange, 403, "This is for pages of " + wallets.origin() + " only.");
    } else if (exchange.getRequestURI().getPath().endsWith("/challenge")) {
      String user = signedInUser.apply(exchange);
      answer(exchange, 200, wallets.challenge(user, WalletAction.SIGN, "payment").toJson());
    } else {
      receive(exchange, signedInUser.apply(exchange));
    }
  }

  private void receive(HttpExchange exchange, String user) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BrowserWallets.LONGEST_REQUEST + 1);
    Reception received =
        wallets.receive(user, WalletAction.SIGN, "payment", new String(body, UTF_8));
    if (received instanceof Reception.Accepted accepted) {
      answer(exchange, 200, "Paid: " + accepted.text());
    } else if (received instanceof Reception.Refused refused) {
      answer(exchange, 403, refused.refusal() + ": " + refused.message());
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }
}
// endregion
