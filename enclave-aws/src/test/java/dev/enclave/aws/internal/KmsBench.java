package dev.enclave.aws.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AwsKmsServerBuilder;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** Our own server with the backend open on it, and an administrator's client beside it. */
public final class KmsBench implements AutoCloseable {

  public static final KeyName NAME = KeyName.of("wallet");
  public static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;

  private static final int WRAPPING_KEYS = 2;
  private static final int MOST_TRIES = 10;

  public final MutableClock clock = new MutableClock();
  public final AwsKmsServer server;
  public final CapableBackend backend;
  private final AwsSession console;

  public KmsBench() {
    this(builder -> builder);
  }

  public KmsBench(UnaryOperator<AwsKmsServerBuilder> settings) {
    server = settings.apply(AwsKmsServer.builder().clock(clock::now)).start();
    backend = open();
    console = Sessions.with(server, clock);
  }

  /** Another replica. */
  public CapableBackend open() {
    return new CapableBackend(
        AwsKmsBackend.over(
            Sessions.with(server, clock),
            BackendContext.of(
                new BackendSettings(dev.enclave.BackendId.AWS_KMS, Map.of()),
                EnvironmentType.PRODUCTION,
                FakeEnvironment.empty(),
                clock,
                new SecureRandom())));
  }

  /** What an administrator does, past Enclave. */
  public KmsClient console() {
    return console.kms();
  }

  public CallContext call() {
    return call(newId());
  }

  public CallContext call(String operationId) {
    return CallContext.of(operationId, 1, Deadline.in(Duration.ofSeconds(30), clock), clock);
  }

  public static String newId() {
    return UUID.randomUUID().toString();
  }

  public CreateRequest request(KeyName name, KeyAlgorithm algorithm) {
    return CreateRequest.of(
        name, algorithm, RotationInterval.POLICY, EnvironmentType.PRODUCTION, newId());
  }

  public KeySnapshot create(KeyName name) throws BackendFailure {
    CreateRequest request = request(name, ALGORITHM);
    return backend.create(request, call(request.operationId()));
  }

  /** A server's first wrapping keys take longer than a request may, on a busy machine. */
  public void warmImports() {
    String keyId =
        console()
            .createKey(
                r ->
                    r.origin(OriginType.EXTERNAL)
                        .keySpec(KeySpec.ECC_NIST_P256)
                        .keyUsage(KeyUsageType.SIGN_VERIFY))
            .keyMetadata()
            .keyId();
    int answered = 0;
    for (int asked = 0; answered < WRAPPING_KEYS && asked < MOST_TRIES; asked++) {
      try {
        console()
            .getParametersForImport(
                r ->
                    r.keyId(keyId)
                        .wrappingAlgorithm(AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256)
                        .wrappingKeySpec(WrappingKeySpec.RSA_4096));
        answered++;
      } catch (SdkClientException e) {
        // It goes on making the key meanwhile.
      }
    }
  }

  KeySnapshot load() throws BackendFailure {
    return backend.load(NAME, call());
  }

  /** As a process that knows nothing yet sees it. */
  KeySnapshot loadAnew() throws BackendFailure {
    CapableBackend other = open();
    try {
      return other.load(NAME, call());
    } finally {
      other.close();
    }
  }

  public KeySnapshot rotate(KeySnapshot key) throws BackendFailure {
    RotateRequest request = rotation(key);
    KeyVersion next = backend.prepare(request, call(request.operationId()));
    return backend.activate(request, next.id(), call(request.operationId()));
  }

  public RotateRequest rotation(KeySnapshot key) {
    return RotateRequest.of(
        key.name(), key.active().orElseThrow().id(), newId(), KeyState.VERIFY_ONLY);
  }

  /** What a backend finds left behind, of all pages. */
  public List<Orphan> orphans(CapableBackend of) throws BackendFailure {
    List<Orphan> found = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      Page page = of.orphans(from, call());
      found.addAll(page.orphans());
      from = page.next();
    } while (from.isPresent());
    return found;
  }

  /** What the server was asked since the journal was cleared, in order. */
  public List<String> requests() {
    return server.journal().entries().stream().map(JournalEntry::operation).toList();
  }

  @Override
  public void close() {
    backend.close();
    console.close();
    server.close();
  }
}
