package dev.enclave.testkit.rotation;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationListener;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One process of a fleet: an Enclave in virtual time, and what its listener was told. */
final class Replica implements RotationListener {

  static final Duration QUARTER = Duration.ofDays(90);

  /** Of a key that is due each quarter. */
  static final Duration WINDOW = Duration.ofDays(1);

  static final KeySpec<SigningKey> WALLET =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);

  final SharedKeys keys;
  RecordingAuditSink audit = new RecordingAuditSink();
  final List<RotationResult> rotated = new ArrayList<>();
  final List<KeyVersion> published = new ArrayList<>();
  final List<KeyVersion> retired = new ArrayList<>();
  final List<KeyName> overtaken = new ArrayList<>();
  final Map<KeyName, EnclaveException> failed = new LinkedHashMap<>();
  int failures;
  private final VirtualTime time;
  private final SecureRandom random;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private Duration skew = Duration.ZERO;

  Replica(VirtualTime time, InMemoryStore store, long seed) {
    this(time, new InMemoryProvider(store), seed);
  }

  Replica(VirtualTime time, BackendProvider provider, long seed) {
    this.time = time;
    this.keys = new SharedKeys(provider);
    keys.clock = Optional.of(time::now);
    this.random = seeded(seed);
    settings.put("enclave.environment", "production");
  }

  Replica set(String name, String value) {
    settings.put(name, value);
    return this;
  }

  Replica skewed(Duration by) {
    skew = by;
    return this;
  }

  /** Answers do not carry the provider's time. */
  Replica withoutProvidersTime() {
    keys.clock = Optional.empty();
    return this;
  }

  /** Opens the next process of the same machine, whose audit log goes on. */
  Enclave reopen() {
    audit = audit.sharing();
    return open();
  }

  Enclave open() {
    return builder().scheduler(time).open();
  }

  EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(time.clock(() -> skew))
        .with(audit)
        .with(keys)
        .random(random)
        .onRotation(this)
        .config(new ConfigSource("test", settings));
  }

  /** The records of rotations. */
  List<AuditEvent> rotations() {
    return audit.events().stream().filter(e -> e.operation() == Operation.ROTATE).toList();
  }

  /** The same numbers for the same seed, which no provider's own generator promises. */
  static SecureRandom seeded(long seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      // As bytes: a seed that is the number zero is ignored.
      random.setSeed(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
      return random;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void rotated(RotationResult result) {
    rotated.add(result);
  }

  @Override
  public void published(KeyInfo key, KeyVersion next) {
    published.add(next);
  }

  @Override
  public void retired(KeyInfo key, KeyVersion version) {
    retired.add(version);
  }

  @Override
  public void overtaken(KeyInfo key) {
    overtaken.add(key.name());
  }

  @Override
  public void failed(KeyName key, EnclaveException failure, Instant nextAttempt) {
    failures++;
    failed.put(key, failure);
  }
}
