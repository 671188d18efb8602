package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.AttemptRunner.Attempt;
import dev.enclave.testkit.internal.bench.AttemptRunner.Outcome;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** An opened backend and the operations contracts are written in. */
public final class Workbench {

  /** What a test does with an opened backend. */
  @FunctionalInterface
  public interface Scenario {
    void play(Workbench bench) throws Exception;
  }

  private final BackendHarness harness;
  private final SigningBackend backend;
  private final SettlingCalls calls;
  private final Map<KeyName, String> adopted = new ConcurrentHashMap<>();

  private Workbench(BackendHarness harness, SigningBackend backend) {
    this.harness = harness;
    this.backend = backend;
    this.calls = new SettlingCalls(harness);
  }

  /** Opens the backend, plays, closes. */
  public static void with(BackendHarness harness, Scenario scenario) {
    try (SigningBackend opened = harness.provider().open(harness.context())) {
      scenario.play(new Workbench(harness, opened));
    } catch (BackendFailure failure) {
      throw new AssertionError(
          "failed with " + failure.code() + ": " + failure.getMessage(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("the test was interrupted", interrupted);
    } catch (Exception other) {
      throw new AssertionError(
          "a backend throws BackendFailure and nothing else, but this came: " + other, other);
    }
  }

  /** As {@link #with(BackendHarness, Scenario)}; without the trait asserts its absence instead. */
  public static void with(BackendHarness harness, BackendTrait trait, Scenario scenario) {
    with(harness, EnumSet.of(trait), scenario);
  }

  /** As {@link #with(BackendHarness, BackendTrait, Scenario)} for a scenario that needs several. */
  public static void with(BackendHarness harness, Set<BackendTrait> needed, Scenario scenario) {
    Set<BackendTrait> absent = EnumSet.copyOf(needed);
    absent.removeAll(harness.traits());
    with(harness, absent.isEmpty() ? scenario : bench -> absent.forEach(bench::requireAbsent));
  }

  /** Opens the backend once more and plays; keys have the names that they have here. */
  public void reopened(Scenario scenario) {
    with(
        harness,
        again -> {
          again.adopted.putAll(adopted);
          scenario.play(again);
        });
  }

  private void requireAbsent(BackendTrait trait) {
    assertThat(backend.traits()).doesNotContain(trait);
    trait.capability().ifPresent(type -> assertThat(backend.capability(type)).isEmpty());
  }

  public BackendHarness harness() {
    return harness;
  }

  public SigningBackend backend() {
    return backend;
  }

  public <C extends Capability> C capability(Class<C> type) {
    return backend
        .capability(type)
        .orElseThrow(() -> new AssertionError("the backend has no " + type.getSimpleName()));
  }

  /** A name nothing else uses, 26 characters long. */
  public KeyName freshName() {
    return name(freshId().substring(0, 17));
  }

  /** A name nothing else uses, of the longest allowed length. */
  public KeyName longestName() {
    return name((freshId() + freshId()).substring(0, 43));
  }

  /** {@code contract-} and the rest. */
  public KeyName name(String rest) {
    KeyName name = KeyName.of("contract-" + rest);
    harness.names().accept(name);
    return name;
  }

  /** An operation id nothing else uses. */
  public String freshId() {
    byte[] id = new byte[16];
    harness.random().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /** The declared signing algorithm whose keys are made fastest. */
  public SigningAlgorithm signingAlgorithm() {
    return Stream.of(SigningAlgorithm.values())
        .filter(algorithm -> backend.describe().support(algorithm).isPresent())
        .findFirst()
        .orElseGet(() -> fail("no signing algorithm is declared"));
  }

  /** Any input that the description declares for the algorithm. */
  public SigningInput input(KeyAlgorithm algorithm) {
    return Inputs.declared(backend.describe().support(algorithm).orElseThrow(), harness.random());
  }

  public CreateRequest request(KeyName name, KeyAlgorithm algorithm) {
    return CreateRequest.of(
        name, algorithm, RotationInterval.POLICY, harness.environment(), freshId());
  }

  /** A key of the fastest signing algorithm, seen by reads. */
  public KeySnapshot create() throws InterruptedException {
    return create(signingAlgorithm());
  }

  /** A key, seen by reads: created, or adopted where the backend creates none. */
  public KeySnapshot create(KeyAlgorithm algorithm) throws InterruptedException {
    if (harness.expects(BackendTrait.CREATES)) {
      return create(request(freshName(), algorithm));
    }
    KeyName name = freshName();
    adopted.put(name, foreignKey(algorithm));
    return load(name);
  }

  /** The provider's name for a key that something else made. */
  public String foreignKey(KeyAlgorithm algorithm) {
    try {
      return harness
          .foreignKeys()
          .orElseThrow(
              () ->
                  new AssertionError(
                      "the harness places no foreign keys; call BackendHarness.adopting where"
                          + " ADOPTS is expected or CREATES is not"))
          .place(algorithm);
    } catch (Exception e) {
      throw new AssertionError("no foreign key could be placed: " + e, e);
    }
  }

  /** A key, seen by reads. */
  public KeySnapshot create(CreateRequest request) throws InterruptedException {
    KeySnapshot made = succeed(request.operationId(), call -> create(request, call));
    awaitKey(made.name(), key -> key.active().isPresent());
    return made;
  }

  /** One attempt to create a key. */
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return capability(KeyCreator.class).create(request, call);
  }

  /** One attempt to read a key. */
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    String uri = adopted.get(name);
    return uri == null
        ? backend.load(name, call)
        : capability(KeyAdopter.class).adopt(name, uri, call);
  }

  /** One attempt to sign. */
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return capability(KeySigner.class).sign(version, input, call);
  }

  public KeySnapshot load(KeyName name) throws InterruptedException {
    return succeed(call -> load(name, call));
  }

  public RawSignature sign(KeyVersionRef version, SigningInput input) throws InterruptedException {
    return succeed(call -> sign(version, input, call));
  }

  /** A state change, seen by reads. */
  public KeySnapshot changeState(KeyVersionRef version, KeyState target)
      throws InterruptedException {
    KeyStateChanger changer = capability(KeyStateChanger.class);
    KeySnapshot changed = succeed(call -> changer.changeState(version, target, call));
    awaitKey(
        version.name(),
        key -> key.version(version.version()).filter(v -> v.state() == target).isPresent());
    return changed;
  }

  /** A rotation, seen by reads: the old version VERIFY_ONLY, the new one ACTIVE. */
  public KeySnapshot rotate(KeySnapshot key) throws InterruptedException {
    return rotate(key, KeyState.VERIFY_ONLY);
  }

  /** A rotation, seen by reads. */
  public KeySnapshot rotate(KeySnapshot key, KeyState retired) throws InterruptedException {
    KeyRotator.RotateRequest request = rotateRequest(key, retired);
    KeyVersion next = prepare(request);
    return activate(request, next);
  }

  public KeyRotator.RotateRequest rotateRequest(KeySnapshot key, KeyState retired) {
    return KeyRotator.RotateRequest.of(
        key.name(), key.active().orElseThrow().id(), freshId(), retired);
  }

  /** A prepared version, seen by reads. */
  public KeyVersion prepare(KeyRotator.RotateRequest request) throws InterruptedException {
    KeyRotator rotator = capability(KeyRotator.class);
    KeyVersion next = succeed(request.operationId(), call -> rotator.prepare(request, call));
    awaitKey(request.name(), key -> key.version(next.id()).isPresent());
    return next;
  }

  /** What the backend says that an operation prepared. */
  public Optional<KeyVersion> prepared(KeyRotator.RotateRequest request)
      throws InterruptedException {
    KeyRotator rotator = capability(KeyRotator.class);
    return succeed(request.operationId(), call -> rotator.prepared(request, call));
  }

  /** An activation, seen by reads. */
  public KeySnapshot activate(KeyRotator.RotateRequest request, KeyVersion next)
      throws InterruptedException {
    KeyRotator rotator = capability(KeyRotator.class);
    KeySnapshot activated =
        succeed(request.operationId(), call -> rotator.activate(request, next.id(), call));
    awaitKey(
        request.name(),
        key ->
            key.active().filter(version -> version.id().equals(next.id())).isPresent()
                && key.version(request.expectedActive())
                    .filter(version -> version.state() == request.retiredState())
                    .isPresent());
    return activated;
  }

  /** A change of the rotation interval, seen by reads. */
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval)
      throws InterruptedException {
    KeyRotator rotator = capability(KeyRotator.class);
    KeySnapshot changed = succeed(call -> rotator.changeInterval(name, interval, call));
    awaitKey(name, key -> key.rotation().equals(interval));
    return changed;
  }

  /** The key once it is as described; at once unless reads may be stale. */
  public KeySnapshot awaitKey(KeyName name, Predicate<KeySnapshot> expected)
      throws InterruptedException {
    Deadline end = calls.settlingEnd();
    while (true) {
      KeySnapshot key = load(name);
      if (expected.test(key) || end.passed()) {
        assertThat(key).as("the key as reads see it").matches(expected);
        return key;
      }
      calls.pause();
    }
  }

  public <T> T succeed(Attempt<T> attempt) throws InterruptedException {
    return succeed(freshId(), attempt);
  }

  /** The value, after as many attempts as the engine would make. */
  public <T> T succeed(String operationId, Attempt<T> attempt) throws InterruptedException {
    return calls.succeed(operationId, attempt);
  }

  /** Asserts that the call fails for good with {@code code}. */
  public <T> BackendFailure refuse(FailureCode code, Attempt<T> attempt)
      throws InterruptedException {
    return calls.refuse(code, this::freshId, attempt);
  }

  /** The code of a call that fails for good, where several are right. */
  public <T> FailureCode refusal(Attempt<T> attempt) throws InterruptedException {
    return calls.refusal(freshId(), attempt);
  }

  /**
   * Asserts that a version in {@code state} is refused by a reference that was read before, and
   * says ACTIVE. A remote backend may know nothing of PENDING and VERIFY_ONLY but what the
   * reference says: then it may go by it. What is destroyed may not be there any more.
   */
  public <T> void refuseOutdated(KeyState state, Attempt<T> attempt) throws InterruptedException {
    boolean provided = state == KeyState.DISABLED || state == KeyState.DESTROYED;
    if (!provided && harness.expects(BackendTrait.REMOTE)) {
      if (attempt(freshId(), attempt) instanceof Outcome.Failed<T> failed) {
        assertThat(failed.failure().code())
            .as(failed.failure().getMessage())
            .isEqualTo(FailureCode.INVALID_STATE);
      }
    } else if (state == KeyState.DESTROYED && harness.expects(BackendTrait.REMOTE)) {
      settle();
      assertThat(refusal(attempt)).isIn(FailureCode.INVALID_STATE, FailureCode.NOT_FOUND);
    } else {
      refuse(FailureCode.INVALID_STATE, attempt);
    }
  }

  /**
   * One operation with its retries, for races where several outcomes are right. What is not found
   * was written just now, so a stale read is given its time.
   */
  public <T> Outcome<T> attempt(String operationId, Attempt<T> attempt)
      throws InterruptedException {
    return calls.attempt(operationId, attempt);
  }

  /** Waits until every read sees every write; not at all unless reads may be stale. */
  public void settle() throws InterruptedException {
    calls.settle();
  }
}
