package dev.enclave.gcp.internal.connect;

import static dev.enclave.kit.Failures.refused;

import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpSession;
import dev.enclave.gcp.internal.credentials.TokenChain;
import dev.enclave.gcp.internal.settings.GcpEndpoint;
import dev.enclave.gcp.internal.settings.GcpSettings;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.HttpClients;
import dev.enclave.kit.setup.Opening;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.BackendContext;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Opens the way to Cloud KMS: settings, endpoint, credentials, and Google's word that they count.
 *
 * @param exchange the way to token endpoints
 * @param network the way to an endpoint, by so many connections at most
 */
public record GcpSessions(BackendContext context, HttpExchange exchange, BiFunction<GcpEndpoint, Integer, ManagedChannel> network) {

  /** Longer than a failure to get a token is remembered. */
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(1_050);

  private static final Duration OPENING = Duration.ofSeconds(10);

  /** In the network that this process is in. */
  public GcpSessions(BackendContext context) {
    this(
        context,
        new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT),
        GcpChannels::to);
  }

  /** Opens it; nothing stays open where that fails. */
  public GcpSession open() throws BackendFailure {
    HttpClients.requireHostNamesChecked(context.snapshot());
    GcpChannels.logs(context.snapshot()).requireOff(context.environment());
    GcpSettings settings = GcpSettings.of(context.settings());
    GcpEndpoint endpoint = GcpEndpoint.of(settings, context);
    TokenChain.Chosen chosen = chosen(settings, endpoint);
    GcpSession session =
        new GcpSession(
            network.apply(endpoint, settings.connections()),
            endpoint.origin().toString(),
            chosen.tokens(context.time(), RefreshingValue.threadForEach()),
            chosen.quotaProject(),
            settings.keyRing(),
            endpoint.trusted());
    boolean done = false;
    try {
      requireAnswer(session);
      done = true;
      return session;
    } finally {
      if (!done) {
        session.close();
      }
    }
  }

  /** Other servers than Google's get a token that was meant for them, or none. */
  private TokenChain.Chosen chosen(GcpSettings settings, GcpEndpoint endpoint)
      throws BackendFailure {
    Optional<String> given = settings.accessToken();
    String setting = settings.fullName(GcpSettings.ACCESS_TOKEN);
    if (given.isPresent() && context.environment().isStrict()) {
      throw refused(
          "Setting " + setting + " is set, which " + context.environment() + " refuses.",
          "Remove it, and attach a service account to the workload.");
    }
    if (given.isPresent()) {
      return TokenChain.Chosen.given(given.get(), "setting " + setting);
    }
    return endpoint.trusted()
        ? new TokenChain(context, exchange)
            .choose(settings.credentialsFile(), settings.fullName(GcpSettings.CREDENTIALS_FILE))
        : TokenChain.Chosen.given("", "no credentials");
  }

  /**
   * Which permissions there are is nobody's secret; that Google answers, says who asks. Nobody
   * repeats the opening of a backend, and a metadata server may start beside this process.
   */
  private void requireAnswer(GcpSession session) throws BackendFailure {
    GcpCalls calls = new GcpCalls(session);
    List<String> permissions = List.of(GcpOperation.GET_KEY.permission());
    Opening.persistently(
        context,
        "Google Cloud KMS",
        SHORTEST_PAUSE,
        attempt ->
            calls.granted(
                session.keyRing(),
                permissions,
                CallContext.of(
                    "open", attempt, Deadline.in(OPENING, context.time()), context.time())));
  }
}
