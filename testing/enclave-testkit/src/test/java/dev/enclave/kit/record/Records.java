package dev.enclave.kit.record;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.record.InMemoryRecords;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;

/** Records in memory under a key service in memory, and backends over them. */
final class Records {

  static final KeyName NAME = KeyName.of("wallet-1");
  static final BackendId ID = BackendId.of("memory-records");

  final InMemoryRecords stored;
  final Kms kms;
  final MutableClock clock = new MutableClock();

  Records() {
    this("store-1", new Kms());
  }

  Records(String storeId, Kms kms) {
    this.stored = new InMemoryRecords(storeId);
    this.kms = kms;
  }

  RecordBackend local() {
    return open(stored.local(), RecordKek.UNLIMITED, EnvironmentType.LOCAL);
  }

  RecordBackend remote(Duration lifetime) {
    return open(stored.remote(), lifetime, EnvironmentType.LOCAL);
  }

  RecordBackend open(RecordStore store, Duration lifetime, EnvironmentType environment) {
    return new RecordBackend(ID, "memory", store, kms.kek(lifetime), context(environment));
  }

  BackendContext context(EnvironmentType environment) {
    return BackendContext.of(
        new BackendSettings(ID, Map.of()),
        environment,
        FakeEnvironment.empty(),
        clock,
        new SecureRandom());
  }

  CallContext call() {
    return CallContext.of("call", 1, Deadline.in(Duration.ofMinutes(10), clock), clock);
  }

  KeySnapshot create(RecordBackend backend, KeyName name) throws BackendFailure {
    return backend.create(request(name, "create-" + name), call());
  }

  static CreateRequest request(KeyName name, String operationId) {
    return request(name, operationId, SigningAlgorithm.ED25519);
  }

  static CreateRequest request(KeyName name, String operationId, KeyAlgorithm algorithm) {
    return CreateRequest.of(
        name, algorithm, RotationInterval.POLICY, EnvironmentType.LOCAL, operationId);
  }

  /** A key of two versions, the second active. */
  KeySnapshot rotated(RecordBackend backend, KeyName name) throws BackendFailure {
    create(backend, name);
    return rotate(backend, name, "1", "rotate-" + name);
  }

  KeySnapshot rotate(RecordBackend backend, KeyName name, String from, String operationId)
      throws BackendFailure {
    RotateRequest request =
        RotateRequest.of(name, KeyVersionId.of(from), operationId, KeyState.VERIFY_ONLY);
    KeyVersionId next = backend.prepare(request, call()).id();
    return backend.activate(request, next, call());
  }

  void sign(RecordBackend backend, KeySnapshot key) throws BackendFailure {
    backend.sign(active(key), Message.ofUtf8("hello"), call());
  }

  static KeyVersionRef active(KeySnapshot key) {
    return key.ref(key.active().orElseThrow());
  }
}
