package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SealedBytes;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.observation.ObservedCall;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.EngineBackend;
import dev.enclave.testkit.internal.bench.Workbench;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * An observer is told of each operation of a key's whole life exactly once, with how it ended,
 * through the engine.
 */
public interface ObservationContract extends BackendUnderTest {

  @Test
  default void tellsAnObserverOfEachOperationOnce_withItsOutcome() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench -> {
          Queue<ObservedCall> observed = new ConcurrentLinkedQueue<>();
          try (Enclave enclave = EngineBackend.open(harness, observed::add)) {
            Life life = new Life(bench, enclave, observed);
            life.ofASigningKey();
            life.ofAWrappingKey();
            life.ofNoKey();
          }
        });
  }

  /** A life, each step of which is compared with what the observer was told of it. */
  final class Life {

    private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

    private final Workbench bench;
    private final BackendDescription description;
    private final Enclave enclave;
    private final Queue<ObservedCall> observed;

    Life(Workbench bench, Enclave enclave, Queue<ObservedCall> observed) {
      this.bench = bench;
      this.description = bench.backend().describe();
      this.enclave = enclave;
      this.observed = observed;
    }

    void ofASigningKey() {
      Optional<SigningAlgorithm> algorithm = offered(SigningAlgorithm.class);
      if (algorithm.isEmpty()) {
        return;
      }
      KeySpec<SigningKey> spec =
          KeySpec.named(bench.freshName().value()).algorithm(algorithm.get());
      if (!has(BackendTrait.CREATES)) {
        refused(Operation.CREATE, ErrorCode.UNSUPPORTED_OPERATION, () -> enclave.createKey(spec));
        return;
      }
      SigningKey key = enclave.createKey(spec);
      told(success(Operation.CREATE));
      failed(
          Operation.CREATE,
          Result.FAILURE,
          ErrorCode.KEY_ALREADY_EXISTS,
          () -> enclave.createKey(spec));
      SignatureValue signature = key.sign(MESSAGE);
      told(success(Operation.SIGN));
      assertThat(key.verify(MESSAGE, signature)).isTrue();
      told(success(Operation.VERIFY));
      assertThat(key.verify(Message.ofUtf8("pay 99 to Mallory"), signature)).isFalse();
      told(new Told(Operation.VERIFY, Result.FAILURE, Optional.empty()));
      byte[] bytes = signature.toByteArray();
      assertThat(key.verify(MESSAGE, bytes, signature.encoding())).isTrue();
      told(success(Operation.VERIFY));
      assertThat(key.verify(Message.ofUtf8("pay 99 to Mallory"), bytes, signature.encoding()))
          .isFalse();
      told(new Told(Operation.VERIFY, Result.FAILURE, Optional.empty()));
      assertThat(key.signer().version()).isEqualTo(signature.version());
      told(success(Operation.LOOK_UP));
      ManagedKey managed = enclave.admin().key(key.handle());
      told(success(Operation.LOOK_UP));
      rotated(managed);
      switchedOffAndOn(key, managed);
      attested(key, managed);
      backedUp(managed);
    }

    private void rotated(ManagedKey managed) {
      if (has(BackendTrait.ROTATES)) {
        enclave.admin().statementKey();
        observed.clear();
        managed.rotate(RotationRequest.now());
        // The key and the statement key name the successor.
        told(success(Operation.SIGN), success(Operation.SIGN), success(Operation.ROTATE));
      } else {
        refused(
            Operation.ROTATE,
            ErrorCode.UNSUPPORTED_OPERATION,
            () -> managed.rotate(RotationRequest.now()));
      }
    }

    private void switchedOffAndOn(SigningKey key, ManagedKey managed) {
      var active = key.activeVersion().id();
      told(success(Operation.LOOK_UP));
      if (!has(BackendTrait.CHANGES_STATE)) {
        refused(
            Operation.CHANGE_STATE, ErrorCode.UNSUPPORTED_OPERATION, () -> managed.disable(active));
        return;
      }
      refused(Operation.CHANGE_STATE, ErrorCode.VERSION_ACTIVE, () -> managed.destroy(active));
      managed.disable(active);
      told(success(Operation.CHANGE_STATE));
      refused(Operation.SIGN, ErrorCode.KEY_NOT_ACTIVE, () -> key.sign(MESSAGE));
      managed.enable(active);
      told(success(Operation.CHANGE_STATE));
    }

    private void attested(SigningKey key, ManagedKey managed) {
      var active = key.activeVersion().id();
      told(success(Operation.LOOK_UP));
      if (has(BackendTrait.ATTESTS)) {
        managed.attestation(active, List.of());
        told(success(Operation.ATTEST));
      } else {
        refused(
            Operation.ATTEST,
            ErrorCode.UNSUPPORTED_OPERATION,
            () -> managed.attestation(active, List.of()));
      }
    }

    private void backedUp(ManagedKey managed) {
      refused(
          Operation.BACKUP,
          has(BackendTrait.EXPORTS) ? ErrorCode.INVALID_ARGUMENT : ErrorCode.UNSUPPORTED_OPERATION,
          () -> managed.backup(new char[0]));
    }

    void ofAWrappingKey() {
      Optional<WrappingAlgorithm> algorithm = offered(WrappingAlgorithm.class);
      if (algorithm.isEmpty() || !has(BackendTrait.CREATES)) {
        return;
      }
      WrappingKey kek =
          enclave.createKey(KeySpec.named(bench.freshName().value()).algorithm(algorithm.get()));
      told(success(Operation.CREATE));
      byte[] about = {1};
      SealedBytes box = kek.seal(new byte[] {4, 2}, about);
      told(success(Operation.SEAL));
      assertThat(kek.unseal(box, about)).containsExactly(4, 2);
      told(success(Operation.UNSEAL));
      failed(
          Operation.UNSEAL,
          Result.FAILURE,
          ErrorCode.SEALED_DATA_CORRUPT,
          () -> kek.unseal(box, new byte[] {2}));
    }

    void ofNoKey() {
      KeyName absent = bench.freshName();
      assertThat(enclave.signingKeys().find(absent)).isEmpty();
      told(success(Operation.LOOK_UP));
      refused(Operation.LOOK_UP, ErrorCode.KEY_NOT_FOUND, () -> enclave.signingKeys().key(absent));
      if (has(BackendTrait.LISTS)) {
        enclave.admin().keyNames();
        told(success(Operation.LIST));
      } else {
        refused(Operation.LIST, ErrorCode.UNSUPPORTED_OPERATION, () -> enclave.admin().keyNames());
      }
    }

    private boolean has(BackendTrait trait) {
      return bench.backend().traits().contains(trait);
    }

    /** The one that is quickest to make. */
    private <A extends KeyAlgorithm> Optional<A> offered(Class<A> kind) {
      return description.algorithms().keySet().stream()
          .filter(kind::isInstance)
          .map(kind::cast)
          .min(Comparator.comparing(KeyAlgorithm::keyBits).thenComparing(KeyAlgorithm::name));
    }

    private void refused(Operation operation, ErrorCode code, Runnable call) {
      failed(operation, Result.REFUSED, code, call);
    }

    private void failed(Operation operation, Result result, ErrorCode code, Runnable call) {
      try {
        call.run();
        throw new AssertionError(operation + " was expected to end with " + code);
      } catch (EnclaveException e) {
        assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
      }
      told(new Told(operation, result, Optional.of(code)));
    }

    private static Told success(Operation operation) {
      return new Told(operation, Result.SUCCESS, Optional.empty());
    }

    /** What the observer was told since it was looked at last: this, in this order, and no more. */
    private void told(Told... expected) {
      List<ObservedCall> calls = new ArrayList<>();
      for (ObservedCall call = observed.poll(); call != null; call = observed.poll()) {
        calls.add(call);
      }
      assertThat(calls)
          .extracting(call -> new Told(call.operation(), call.result(), call.error()))
          .containsExactly(expected);
      for (ObservedCall call : calls) {
        assertThat(call.backend()).contains(EngineBackend.ID);
        assertThat(call.duration()).isGreaterThanOrEqualTo(call.atBackend());
        assertThat(call.atBackend()).isGreaterThanOrEqualTo(Duration.ZERO);
        if (call.attempts() == 0) {
          assertThat(call.atBackend()).isZero();
        }
      }
    }
  }

  /** What an observer is told of an operation, without its figures. */
  record Told(Operation operation, Result result, Optional<ErrorCode> error) {}
}
