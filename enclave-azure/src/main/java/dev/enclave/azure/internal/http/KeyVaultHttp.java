package dev.enclave.azure.internal.http;

import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The SDK's way to the vault, and to nowhere else: an answer may name a next page, and no token is
 * to follow it to another host. Each request carries the token of the vault's own audience, whatever
 * a challenge names, and ends by the deadline of the attempt it is part of, which is the calling
 * thread's. Thread-safe.
 */
public final class KeyVaultHttp extends SdkHttp {

  /** Hands out tokens for the vault. */
  @FunctionalInterface
  public interface Tokens {
    String get(CallContext call) throws BackendFailure;
  }

  private final HttpExchange network;
  private final String authority;
  private final Tokens tokens;

  // Of each thread, since the SDK hands nothing through to its client. Not static: an attempt is
  // one of this vault.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Attempt> current = new ThreadLocal<>();

  /**
   * Of one vault.
   *
   * @param authority its host, and its port unless it is 443
   */
  public KeyVaultHttp(HttpExchange network, String authority, Tokens tokens) {
    this.network = network;
    this.authority = authority;
    this.tokens = tokens;
  }

  /** Does something by the SDK, as part of an attempt. */
  public <T> T during(CallContext call, Function<Attempt, T> work) {
    Attempt attempt = new Attempt(call);
    current.set(attempt);
    try {
      return work.apply(attempt);
    } finally {
      current.remove();
    }
  }

  private Attempt attempt() {
    Attempt attempt = current.get();
    if (attempt == null) {
      throw new IllegalStateException("a request that is part of no attempt");
    }
    return attempt;
  }

  @Override
  protected HttpAnswer exchange(URI target, HttpRequest.Builder request) {
    if (!"https".equals(target.getScheme())
        || !authority.equals(
            String.valueOf(target.getRawAuthority())
                .toLowerCase(Locale.ROOT)
                .replaceFirst(":443$", ""))) {
      return new Silent(
          Kind.NOT_SENT, "the vault pointed to another host, and no token goes there");
    }
    CallContext call = attempt().call();
    try {
      request.setHeader("Authorization", "Bearer " + tokens.get(call));
    } catch (BackendFailure e) {
      attempt().lacksToken(e);
      return new Silent(Kind.NOT_SENT, "there is no token");
    }
    request.setHeader("x-ms-client-request-id", clientRequestId(call));
    return network.send(request.build(), call.remaining());
  }

  @Override
  protected void met(HttpAnswer answer) {
    attempt().met(answer);
  }

  /** A UUID, as Azure's logs want it; the operation's own where that is one. */
  private static String clientRequestId(CallContext call) {
    String id = call.operationId();
    return id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        ? id
        : UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
