package dev.enclave.vault.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.admin.Orphans.Orphan;
import dev.enclave.audit.AuditRecord;
import dev.enclave.audit.AuditVerification;
import dev.enclave.campaign.bench.HeldTasks;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultServerBuilder;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.vault.VaultBackendProvider;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A server of two nodes that gets into trouble when a test says so, and services that use it with
 * their audit log in files. Nobody waits: pauses are skipped, on the server's clock too.
 */
final class TroubledVault implements AutoCloseable {

  /** How late a standby reads; less than a signature may take. */
  static final Duration LAG = Duration.ofSeconds(2);

  /** After this a token is no new one any more, and a standby has seen everything. */
  private static final Duration A_WHILE = Duration.ofMinutes(1);

  final SkippingTime time = new SkippingTime();
  final VaultServer server;

  /** What lies in the file that the services' token is read from. */
  volatile String token;

  private final Map<String, String> settings = new TreeMap<>();
  private volatile Interceptor trouble = Interceptor.NONE;

  /**
   * @param server without clock, interceptor and lag, which are chosen here
   * @param audit where the services' audit log is to be
   */
  TroubledVault(VaultServerBuilder server, Path audit) {
    this.server =
        server
            .clock(time::now)
            .eventualConsistency(LAG)
            .interceptor((request, service) -> trouble.intercept(request, service))
            .start();
    token = this.server.rootToken();
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", "vault");
    settings.put("enclave.audit.directory", audit.toString());
    settings.put("enclave.audit.countersign", "off");
    settings.put("enclave.vault.auth", "token");
    settings.put("enclave.vault.token-file", VaultUnderTest.TOKEN_FILE);
    at(this.server.address());
  }

  /** Services that are opened from now on use this node. */
  TroubledVault at(URI node) {
    return with(VaultUnderTest.ADDRESS, node.toString());
  }

  /** Services that are opened from now on have this setting. */
  TroubledVault with(String name, String value) {
    settings.put(name, value);
    return this;
  }

  /** Services that are opened from now on log in by a role with these policies. */
  TroubledVault logsIn(String role) {
    settings.remove("enclave.vault.token-file");
    return with("enclave.vault.auth", "approle")
        .with("enclave.vault.role-id", server.appRoleId(role))
        .with("enclave.vault.secret-id", server.newSecretId(role));
  }

  Enclave open() {
    return builder().open();
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new Machine())
        .with(new VaultBackendProvider())
        .with((TimeSource) time)
        .scheduler(new HeldTasks())
        .config(new ConfigSource("service", settings));
  }

  /** A machine with one file, whose text somebody may replace. */
  private final class Machine implements EnvironmentSnapshot {

    @Override
    public Map<String, String> variables() {
      return Map.of();
    }

    @Override
    public Map<String, String> properties() {
      return Map.of();
    }

    @Override
    public boolean exists(String path) {
      return path.equals(VaultUnderTest.TOKEN_FILE);
    }

    @Override
    public Optional<String> read(String path) {
      return exists(path) ? Optional.of(token) : Optional.empty();
    }
  }

  /** Something happens to the server. */
  interface Event {
    void to(ServiceRequest request, Service service);
  }

  /** Decides about the next request of that operation, and about no other. */
  void atNext(String operation, Interceptor what) {
    atNext(operation, 1, what);
  }

  /** The same for the request of that operation with this number, counted from 1. */
  void atNext(String operation, int number, Interceptor what) {
    int[] seen = {0};
    AtomicBoolean met = new AtomicBoolean();
    trouble =
        (request, service) -> {
          boolean now;
          synchronized (seen) {
            now = request.operation().equals(operation) && ++seen[0] == number;
          }
          return now && met.compareAndSet(false, true)
              ? what.intercept(request, service)
              : Interceptor.NONE.intercept(request, service);
        };
  }

  /** Something happens just before the next request of that operation is looked at. */
  void beforeNext(String operation, Event event) {
    atNext(
        operation,
        (request, service) -> {
          event.to(request, service);
          return Delivery.answer(service.handle(request));
        });
  }

  /** Decides about every request from now on. */
  void during(Interceptor what) {
    trouble = what;
  }

  void whileLater() {
    time.skip(A_WHILE);
  }

  /**
   * What the audit log says of a key: how each operation ended, in order. Asserts that the log is
   * intact and that no operation is without its end.
   */
  List<String> recorded(String key) {
    AuditVerification verified = builder().verifyAuditLog();
    assertThat(verified.problem()).isEmpty();
    assertThat(verified.unknownOutcomes()).isEmpty();
    List<String> ends = new ArrayList<>();
    builder()
        .auditLog()
        .reader()
        .read(
            record -> {
              if (record.phase() != Phase.INTENT
                  && record.key().filter(name -> name.value().equals(key)).isPresent()) {
                ends.add(end(record));
              }
            });
    return ends;
  }

  private static String end(AuditRecord record) {
    return record.operation()
        + " "
        + record.result()
        + record.errorCode().map(code -> " " + code).orElse("");
  }

  /**
   * Asserts that each Transit key is in a document or found as a leftover, of which there are so
   * many, that no document names one that is not there, and that leftovers can be discarded. A day
   * later, when nobody is at it any more.
   */
  void requireAllAccounted(Enclave enclave, int leftOver) {
    trouble = Interceptor.NONE;
    time.skip(Duration.ofDays(1));
    try (VaultAccount account = account()) {
      Set<String> named = new TreeSet<>();
      account.claimed().values().forEach(named::addAll);
      Set<String> accounted = new TreeSet<>(named);
      List<Orphan> orphans = enclave.admin().orphans().orElseThrow().find();
      orphans.forEach(orphan -> accounted.add(orphan.providerUri()));
      assertThat(account.keys()).containsOnlyKeys(accounted);
      assertThat(orphans).hasSize(leftOver);
      assertThat(enclave.admin().orphans().orElseThrow().discard()).hasSize(leftOver);
      orphans.forEach(orphan -> named.remove(orphan.providerUri()));
      assertThat(account.keys()).containsOnlyKeys(named);
      assertThat(enclave.admin().orphans().orElseThrow().find()).isEmpty();
    }
  }

  private VaultAccount account() {
    return new VaultAccount(
        new Deployment(
            Map.of(VaultUnderTest.ADDRESS, server.address().toString()),
            Map.of(),
            Map.of(VaultUnderTest.TOKEN_FILE, server.rootToken())));
  }

  @Override
  public void close() {
    server.close();
  }
}
