package dev.enclave.gcp.internal;

import dev.enclave.Assurance;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.HttpClients;
import dev.enclave.kit.setup.Opening;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * An authenticated way to one key ring. Thread-safe; everything that it uses is its own and ends
 * when it is closed.
 *
 * @param connections shared by all calls
 * @param place where they lead, such as {@code https://cloudkms.googleapis.com}
 * @param tokens for requests; an empty one is not sent
 * @param quotaProject for which calls are to count, where the credentials name it
 * @param keyRing its resource name
 * @param reportsHsm whether an answer that says HSM is believed: who answers is Google, or somebody
 *     the operator trusts as much. Somebody's server at a custom endpoint says so too: then no key
 *     here is better than SOFTWARE
 */
public record GcpSession(
    GcpConnections connections,
    String place,
    RefreshingValue<String> tokens,
    Optional<String> quotaProject,
    String keyRing,
    boolean reportsHsm)
    implements AutoCloseable {

  /** Longer than a failure to get a token is remembered. */
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(1_050);

  /** Opens one by settings, in the network that this process is in. */
  public static GcpSession open(BackendContext context) throws BackendFailure {
    return open(
        context,
        new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT),
        GcpConnections::to);
  }

  /**
   * Opens one by settings, with Google's word that the credentials count; nothing stays open where
   * that fails.
   *
   * @param exchange the way to token endpoints
   * @param network the way to an endpoint, by so many connections at most
   */
  static GcpSession open(
      BackendContext context,
      HttpExchange exchange,
      BiFunction<GcpSettings.Endpoint, Integer, GcpConnections> network)
      throws BackendFailure {
    HttpClients.requireHostNamesChecked(context.snapshot());
    GcpConnections.logs(context.snapshot()).requireOff(context.environment());
    GcpSettings settings = GcpSettings.of(context.settings());
    GcpSettings.Endpoint endpoint = GcpSettings.Endpoint.of(settings, context);
    TokenChain.Chosen chosen = chosen(settings, endpoint, new TokenChain(context, exchange));
    GcpSession session =
        new GcpSession(
            network.apply(endpoint, settings.connections()),
            endpoint.origin().toString(),
            chosen.tokens(context.time(), RefreshingValue.threadForEach()),
            chosen.quotaProject(),
            settings.keyRing(),
            endpoint.trusted());
    try {
      GcpCalls calls = new GcpCalls(session);
      List<String> permissions = List.of(GcpOperation.GET_KEY.permission());
      // Which permissions there are is nobody's secret; that Google answers, says who asks. Nobody
      // repeats the opening of a backend, and a metadata server may start beside this process.
      Opening.persistently(
          context,
          GcpCalls.REFUSALS.service(),
          SHORTEST_PAUSE,
          attempt -> {
            Deadline deadline = Deadline.in(Duration.ofSeconds(10), context.time());
            CallContext call = CallContext.of("open", attempt, deadline, context.time());
            return calls.granted(session.keyRing(), permissions, call);
          });
    } catch (BackendFailure | RuntimeException | Error e) {
      session.close();
      throw e;
    }
    return session;
  }

  /** Other servers than Google's get a token that was meant for them, or none. */
  private static TokenChain.Chosen chosen(
      GcpSettings settings, GcpSettings.Endpoint endpoint, TokenChain chain) throws BackendFailure {
    Optional<String> given = settings.accessToken();
    String setting = settings.section().fullName(GcpSettings.ACCESS_TOKEN);
    if (given.isPresent() && chain.strict()) {
      throw Texts.SETTING_REFUSED.permanent(
          FailureCode.REFUSED, setting, chain.context().environment());
    }
    return given.isPresent()
        ? TokenChain.Chosen.given(given.get(), Texts.SETTING.with(setting))
        : endpoint.trusted()
            ? chain.choose(
                settings.credentialsFile(),
                settings.section().fullName(GcpSettings.CREDENTIALS_FILE))
            : TokenChain.Chosen.given("", Texts.NO_CREDENTIALS.with());
  }

  /** The best that a key here can be. */
  Assurance ceiling() {
    return reportsHsm ? Assurance.HSM : Assurance.SOFTWARE;
  }

  @Override
  public void close() {
    tokens.close();
    connections.close();
  }

  /** The place alone. */
  @Override
  public String toString() {
    return "GcpSession[" + keyRing + "]";
  }
}
