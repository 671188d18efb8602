package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.AzureKeyVaultServerBuilder;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** A vault, the backend beside it, and a hand in what the vault answers. */
public final class AzureBench implements AutoCloseable {

  public static final KeyName NAME = KeyName.of("wallet");
  static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);

  /** Something that is done on the way of a request. */
  @FunctionalInterface
  public interface Meddler {
    Delivery meddle(ServiceRequest request, Service service);
  }

  @FunctionalInterface
  public interface Work {
    void run() throws BackendFailure;
  }

  private final Map<String, Meddler> meddlers = new ConcurrentHashMap<>();
  private final Interceptor interceptor =
      (request, service) ->
          meddlers
              .getOrDefault(request.operation(), (r, s) -> Delivery.answer(s.handle(r)))
              .meddle(request, service);

  public final MutableClock clock = new MutableClock();
  public final AzureKeyVaultServer server;
  public final AzureSession session;
  private final AzureSettings settings;
  private final BiFunction<AzureKeyVaultServer, BackendContext, AzureSession> opening;
  public final CapableBackend backend;

  public AzureBench() {
    this(builder -> builder, Map.of());
  }

  public AzureBench(UnaryOperator<AzureKeyVaultServerBuilder> kind, Map<String, String> more) {
    this(kind, more, KeyVaults::session);
  }

  /** A managed HSM. */
  public static AzureBench managedHsm() {
    return new AzureBench(
        AzureKeyVaultServerBuilder::managedHsm,
        Map.of(),
        (server, context) -> {
          try {
            return KeyVaults.managedHsm(server, context);
          } catch (BackendFailure e) {
            throw new AssertionError(e);
          }
        });
  }

  private AzureBench(
      UnaryOperator<AzureKeyVaultServerBuilder> kind,
      Map<String, String> more,
      BiFunction<AzureKeyVaultServer, BackendContext, AzureSession> opening) {
    this.opening = opening;
    server = kind.apply(KeyVaults.server().clock(clock::now).interceptor(interceptor)).start();
    Map<String, String> settings = KeyVaults.settings(server);
    settings.putAll(more);
    var context = KeyVaults.context(server, clock, settings);
    session = opening.apply(server, context);
    try {
      this.settings = AzureSettings.of(context.settings());
      backend = new CapableBackend(AzureKeyVaultBackend.over(session, context));
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  /** What another process beside the vault would open. */
  public CapableBackend another() throws BackendFailure {
    var context = KeyVaults.context(server, clock);
    return new CapableBackend(AzureKeyVaultBackend.over(opening.apply(server, context), context));
  }

  /** From now on, this becomes of such requests. */
  public void meddle(String operation, Meddler meddler) {
    meddlers.put(operation, meddler);
  }

  /** From now on, such requests are carried out and their answers changed. */
  public void rewrite(String operation, UnaryOperator<String> change) {
    meddle(
        operation,
        (request, service) -> {
          ServiceResponse response = service.handle(request);
          String body = new String(response.body(), StandardCharsets.UTF_8);
          return Delivery.answer(
              response.withBody(change.apply(body).getBytes(StandardCharsets.UTF_8)));
        });
  }

  /** From now on, such requests are refused, once they are authenticated. */
  public void refuse(String operation, int status, String body, Map<String, String> headers) {
    meddle(
        operation,
        (request, service) -> {
          ServiceResponse response =
              ServiceResponse.of(status, body.getBytes(StandardCharsets.UTF_8))
                  .withHeader("x-ms-request-id", "11111111-2222-3333-4444-555555555555");
          for (Map.Entry<String, String> header : headers.entrySet()) {
            response = response.withHeader(header.getKey(), header.getValue());
          }
          return Delivery.answer(response);
        });
  }

  public void leaveAlone() {
    meddlers.clear();
  }

  public CallContext call() {
    return KeyVaults.call(clock);
  }

  public CreateRequest request(KeyName name, KeyAlgorithm algorithm) {
    return CreateRequest.of(
        name,
        algorithm,
        RotationInterval.NEVER,
        EnvironmentType.DEVELOPMENT,
        UUID.randomUUID().toString());
  }

  public KeySnapshot create() throws BackendFailure {
    return create(NAME, SigningAlgorithm.ECDSA_P256_SHA256);
  }

  public KeySnapshot create(KeyName name, KeyAlgorithm algorithm) throws BackendFailure {
    CreateRequest request = request(name, algorithm);
    return backend.create(request, KeyVaults.call(request.operationId(), clock));
  }

  /** The vault's keys by another one than the backend's own, without what it knows. */
  public AzureKeys keys() {
    return new AzureKeys(new AzureCalls(session), settings);
  }

  /** What the vault lists of a name, oldest first. */
  public List<ServiceKey> listed(KeyName name) throws BackendFailure {
    return keys().list(name, call()).versions().stream()
        .sorted(Comparator.comparing(ServiceKey::createdAt).thenComparing(ServiceKey::id))
        .toList();
  }

  public KeySnapshot load() throws BackendFailure {
    return backend.load(NAME, call());
  }

  public RotateRequest rotation(KeySnapshot key) {
    return RotateRequest.of(
        key.name(),
        key.active().orElseThrow().id(),
        UUID.randomUUID().toString(),
        KeyState.VERIFY_ONLY);
  }

  public KeySnapshot rotate(KeySnapshot key) throws BackendFailure {
    RotateRequest request = rotation(key);
    KeyVersion next = backend.prepare(request, KeyVaults.call(request.operationId(), clock));
    return backend.activate(request, next.id(), KeyVaults.call(request.operationId(), clock));
  }

  /** A version that somebody makes by hand, as the vault's own rotation does. */
  public KeyVaultKey versionBehindOurBack(KeyAlgorithm algorithm) {
    return session
        .http()
        .during(
            call(),
            attempt ->
                new AzureScheme(algorithm)
                    .create(session.keys(), AzureNames.of(NAME), Map.of())
                    .getValue());
  }

  /** Something past Enclave, by the SDK. */
  public <T> T bySdk(
      java.util.function.Function<com.azure.security.keyvault.keys.KeyClient, T> work) {
    return session.http().during(call(), attempt -> work.apply(session.keys()));
  }

  /** What was asked of the vault, without the challenge's first round. */
  public List<String> requests() {
    return server.journal().entries().stream()
        .filter(entry -> entry.status() != 401)
        .map(JournalEntry::operation)
        .filter(operation -> !operation.contains("Token"))
        .toList();
  }

  public BackendFailure failureOf(Work work) {
    return catchThrowableOfType(BackendFailure.class, work::run);
  }

  static Context none() {
    return Context.NONE;
  }

  @Override
  public void close() {
    backend.close();
    server.close();
  }
}
