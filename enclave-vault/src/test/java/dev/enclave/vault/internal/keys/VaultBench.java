package dev.enclave.vault.internal.keys;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.VaultServer;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.testkit.MutableClock;
import dev.enclave.vault.internal.VaultBackend;
import dev.enclave.vault.internal.auth.VaultAuth;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultHttp;
import dev.enclave.vault.internal.settings.VaultSettings;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server of our own, backends at its nodes, and what was asked of it by them. */
final class VaultBench implements AutoCloseable {

  /** Is run before a request is sent; once. */
  interface Hook {
    void run() throws BackendFailure;
  }

  final MutableClock clock = new MutableClock();
  final VaultServer server;
  final VaultAdministrator administrator;
  final CapableBackend backend;

  /** Method and path of each request of {@link #backend}, below {@code /v1/}. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final List<CapableBackend> opened = new ArrayList<>();
  private String hooked = "";
  private Hook hook = () -> {};

  VaultBench() throws BackendFailure {
    server =
        VaultServer.builder().clock(clock::now).eventualConsistency(Duration.ofSeconds(5)).start();
    administrator = new VaultAdministrator(server);
    backend = at(server.address(), EnvironmentType.DEVELOPMENT, true);
  }

  /** Another process's, at the node that sees everything at once. */
  CapableBackend another() throws BackendFailure {
    return in(EnvironmentType.DEVELOPMENT);
  }

  /** The same in an environment of that type. */
  CapableBackend in(EnvironmentType environment) throws BackendFailure {
    return at(server.address(), environment, false);
  }

  /** Another process's, at a node that answers reads late. */
  CapableBackend late() throws BackendFailure {
    return at(server.standbyAddress(), EnvironmentType.DEVELOPMENT, false);
  }

  private CapableBackend at(URI node, EnvironmentType environment, boolean watched)
      throws BackendFailure {
    BackendContext context = administrator.deployment(node).context(BackendId.VAULT, clock);
    VaultSettings settings = VaultSettings.of(context.settings(), EnvironmentType.DEVELOPMENT);
    BoundedHttp network = new BoundedHttp(BoundedHttp::noTls, 1 << 20);
    HttpExchange exchange = watched ? watched(network) : network;
    VaultHttp http = new VaultHttp(settings, exchange, clock);
    VaultCalls calls =
        new VaultCalls(
            http,
            new VaultAuth(settings, context, http, () -> exchange, RefreshingValue.threadForEach())
                .tokens());
    BackendContext deployed = context.in(environment, context.snapshot());
    CapableBackend made = new CapableBackend(VaultBackend.over(calls, deployed));
    opened.add(made);
    return made;
  }

  private HttpExchange watched(BoundedHttp network) {
    return new HttpExchange() {
      @Override
      public HttpAnswer send(HttpRequest request, Duration within) {
        String what = request.method() + " " + request.uri().getPath().substring("/v1/".length());
        asked.add(what);
        if (!hooked.isEmpty() && what.matches(hooked)) {
          hooked = "";
          try {
            hook.run();
          } catch (BackendFailure e) {
            throw new AssertionError(e);
          }
        }
        return network.send(request, within);
      }

      @Override
      public void close() {
        network.close();
      }
    };
  }

  /** Runs something before the next request of that form, by method and path. */
  void before(String requests, Hook what) {
    hooked = requests;
    hook = what;
  }

  CallContext call() {
    return CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(30), clock), clock);
  }

  static CreateRequest request(String name, KeyAlgorithm algorithm, String operation) {
    return CreateRequest.of(
        KeyName.of(name),
        algorithm,
        RotationInterval.NEVER,
        EnvironmentType.DEVELOPMENT,
        operation);
  }

  KeySnapshot create(String name, KeyAlgorithm algorithm) throws BackendFailure {
    return backend.create(request(name, algorithm, "create-" + name), call());
  }

  static RotateRequest rotation(KeySnapshot key, String operation) {
    KeyVersionId active = key.active().orElseThrow().id();
    return RotateRequest.of(key.name(), active, operation, KeyState.VERIFY_ONLY);
  }

  KeySnapshot rotate(KeySnapshot key, String operation) throws BackendFailure {
    RotateRequest request = rotation(key, operation);
    KeyVersion next = backend.prepare(request, call());
    return backend.activate(request, next.id(), call());
  }

  List<String> transitKeys() {
    return Json.list(administrator.read("transit/keys?list=true"), "keys").stream()
        .map(String::valueOf)
        .toList();
  }

  List<Orphan> orphans() throws BackendFailure {
    List<Orphan> orphans = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      var page = backend.orphans(from, call());
      orphans.addAll(page.orphans());
      from = page.next();
    } while (from.isPresent());
    return orphans;
  }

  @Override
  public void close() {
    opened.forEach(CapableBackend::close);
    server.close();
  }
}
