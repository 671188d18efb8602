package dev.enclave.aws.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.Sessions;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.crypto.LocalKey;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.emulators.Denial;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.RestoreRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each role does, under exactly the policy that doctor prints for it, as a server evaluates it
 * with its conditions; and with each permission taken away, which then names itself.
 */
@Tag("full")
class PolicyLifeTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final SecureRandom RANDOM = new SecureRandom();

  private static KmsBench bench;

  @BeforeAll
  static void open() {
    bench = new KmsBench();
    bench.warmImports();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void allowAll() {
    bench.server.identityPolicies(List.of());
  }

  /** What an administrator made before. */
  private record Prepared(KeyName name, KeySnapshot key, KeySnapshot kek, String foreign) {}

  /** Goes on after a refusal, so that the next permission is asked for too. */
  private static final class Attempts {

    private final List<String> refusals = new ArrayList<>();
    private final CapableBackend backend = bench.open();

    @FunctionalInterface
    private interface Work<T> {
      T run() throws BackendFailure;
    }

    <T> Optional<T> attempt(Work<T> work) {
      try {
        return Optional.of(work.run());
      } catch (BackendFailure e) {
        refusals.add(e.getMessage());
        return Optional.empty();
      }
    }

    <T> void attemptAll(Optional<KeySnapshot> key, Function<KeySnapshot, Work<T>> work) {
      key.ifPresent(snapshot -> attempt(work.apply(snapshot)));
    }
  }

  private enum Role {
    SIGNER(PrintedPolicies.SIGNING),
    MAKER(PrintedPolicies.CREATING),
    /** Beside who makes keys. */
    RECONCILER(PrintedPolicies.RECONCILE),
    CONFORMANCE(PrintedPolicies.CONFORMANCE),
    ADOPTER(PrintedPolicies.ADOPTED);

    private final String heading;

    Role(String heading) {
      this.heading = heading;
    }

    private void live(Attempts attempts, Prepared prepared) throws BackendFailure {
      switch (this) {
        case SIGNER -> sign(attempts, prepared);
        case MAKER -> make(attempts, prepared);
        case RECONCILER -> goThroughAllKeys(attempts);
        case CONFORMANCE -> conform(attempts, prepared);
        case ADOPTER -> useAdopted(attempts, prepared);
      }
    }
  }

  private static void sign(Attempts attempts, Prepared prepared) {
    CapableBackend backend = attempts.backend;
    attempts.attempt(() -> backend.load(prepared.name(), bench.call()));
    attempts.attempt(
        () ->
            backend.sign(
                prepared.key().ref(prepared.key().active().orElseThrow()), MESSAGE, bench.call()));
    useKek(attempts, prepared.kek());
  }

  private static void useKek(Attempts attempts, KeySnapshot kek) {
    var ref = kek.ref(kek.active().orElseThrow());
    attempts.attempt(
        () -> {
          try (SecretBytes key = SecretBytes.takeOver(new byte[32])) {
            var wrapped = attempts.backend.wrap(ref, key, bench.call());
            attempts.backend.unwrap(ref, wrapped, bench.call()).close();
            return wrapped;
          }
        });
  }

  private static void make(Attempts attempts, Prepared prepared) {
    CapableBackend backend = attempts.backend;
    KeyName name = KeyName.of("made-" + bench.requests().size());
    CreateRequest request = bench.request(name, KmsBench.ALGORITHM);
    attempts.attempt(() -> backend.create(request, bench.call(request.operationId())));
    // The rest of its life, with a key that is there whatever was refused.
    Optional<KeySnapshot> there = Optional.of(prepared.key());
    attempts.attemptAll(
        there,
        key ->
            () -> {
              var rotation = bench.rotation(key);
              var next = backend.prepare(rotation, bench.call(rotation.operationId()));
              // The statement on the successor.
              backend.sign(key.ref(key.active().orElseThrow()), MESSAGE, bench.call());
              return backend.activate(rotation, next.id(), bench.call(rotation.operationId()));
            });
    Optional<KeySnapshot> now = attempts.attempt(() -> backend.load(prepared.name(), bench.call()));
    attempts.attemptAll(
        now,
        key ->
            () ->
                backend.changeInterval(
                    prepared.name(), RotationInterval.every(Duration.ofDays(30)), bench.call()));
    attempts.attemptAll(now, key -> () -> change(backend, key, KeyState.DISABLED));
    attempts.attemptAll(now, key -> () -> change(backend, key, KeyState.ACTIVE));
    attempts.attemptAll(now, key -> () -> change(backend, key, KeyState.DESTROYED));
    attempts.attempt(() -> backend.list(bench.call()));
    RestoreRequest restore =
        RestoreRequest.of(
            KeyName.of("restored-" + bench.requests().size()),
            EnvironmentType.PRODUCTION,
            backup(),
            KmsBench.newId());
    attempts.attempt(() -> backend.restore(restore, bench.call(restore.operationId())));
  }

  private static KeySnapshot change(CapableBackend backend, KeySnapshot key, KeyState state)
      throws BackendFailure {
    return backend.changeState(key.ref(key.active().orElseThrow()), state, bench.call());
  }

  private static ExportedKey backup() {
    List<ExportedKey.Version> versions = new ArrayList<>();
    for (KeyState state : List.of(KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
      try (LocalKey key = LocalKey.generate(KmsBench.ALGORITHM, RANDOM)) {
        versions.add(
            ExportedKey.Version.of(
                KeyVersionId.of("v" + versions.size()),
                state,
                Instant.EPOCH,
                key.publicKey(),
                Optional.of(key.encode())));
      }
    }
    return ExportedKey.of(
        KmsBench.NAME, KmsBench.ALGORITHM, RotationInterval.NEVER, Optional.empty(), versions);
  }

  private static void goThroughAllKeys(Attempts attempts) {
    Optional<String> from = Optional.empty();
    do {
      Optional<String> next = from;
      var page = attempts.attempt(() -> attempts.backend.orphans(next, bench.call()));
      for (Orphan orphan : page.map(p -> p.orphans()).orElse(List.of())) {
        attempts.attempt(() -> attempts.backend.discard(orphan, bench.call()));
      }
      from = page.flatMap(p -> p.next());
    } while (from.isPresent());
    if (attempts.refusals.isEmpty()) {
      attempts
          .attempt(() -> attempts.backend.health(bench.call()))
          .ifPresent(report -> report.findings().forEach(f -> attempts.refusals.add(f.toString())));
      attempts.refusals.removeIf(text -> !text.contains("kms:ListResourceTags"));
    }
  }

  private static void conform(Attempts attempts, Prepared prepared) throws BackendFailure {
    try (BareKeys keys = AwsKmsBackend.bareKeys(Sessions.with(bench.server, bench.clock))) {
      attempts.attempt(() -> keys.make(KmsBench.ALGORITHM, bench.call()));
      Optional<KeySnapshot> adopted = adopt(attempts, prepared);
      attempts.attemptAll(
          adopted,
          key ->
              () ->
                  attempts.backend.sign(
                      key.ref(key.active().orElseThrow()), MESSAGE, bench.call()));
      attempts.attempt(
          () -> {
            keys.remove(prepared.foreign(), bench.call());
            return "";
          });
    }
  }

  /** Whose stamp cannot be read where its tags cannot, which the engine tells. */
  private static Optional<KeySnapshot> adopt(Attempts attempts, Prepared prepared) {
    Optional<KeySnapshot> key =
        attempts.attempt(
            () -> attempts.backend.adopt(KeyName.of("treasury"), prepared.foreign(), bench.call()));
    key.map(adopted -> adopted.stamp().toString())
        .filter(stamp -> stamp.contains("denied"))
        .ifPresent(attempts.refusals::add);
    return key;
  }

  private static void useAdopted(Attempts attempts, Prepared prepared) {
    Optional<KeySnapshot> key = adopt(attempts, prepared);
    attempts.attemptAll(
        key,
        adopted ->
            () ->
                attempts.backend.sign(
                    adopted.ref(adopted.active().orElseThrow()), MESSAGE, bench.call()));
    useKek(attempts, prepared.kek());
  }

  private static Prepared prepare() throws BackendFailure {
    KeyName name = KeyName.of("key-" + bench.requests().size());
    // An orphan, old enough to be one.
    bench.server.deny(Denial.of("kms:CreateAlias"));
    CreateRequest orphan =
        bench.request(KeyName.of("orphan-" + bench.requests().size()), KmsBench.ALGORITHM);
    try {
      bench.backend.create(orphan, bench.call(orphan.operationId()));
    } catch (BackendFailure expected) {
      assertThat(expected).hasMessageContaining("kms:CreateAlias");
    }
    bench.server.clearDenials();
    bench.clock.advance(Duration.ofHours(1));
    KeySnapshot key = bench.rotate(bench.create(name));
    CreateRequest kek =
        bench.request(KeyName.of("kek-" + bench.requests().size()), WrappingAlgorithm.AES_256_GCM);
    KeySnapshot wrapping = bench.backend.create(kek, bench.call(kek.operationId()));
    try (BareKeys keys = AwsKmsBackend.bareKeys(Sessions.with(bench.server, bench.clock))) {
      return new Prepared(name, key, wrapping, keys.make(KmsBench.ALGORITHM, bench.call()));
    }
  }

  /** The refusals of a life under the role's policy, less what was taken away. */
  private static List<String> lived(Role role, Optional<String> without) throws BackendFailure {
    Prepared prepared = prepare();
    List<String> policies = new ArrayList<>();
    policies.add(PrintedPolicies.of(role.heading));
    if (role == Role.RECONCILER) {
      policies.add(PrintedPolicies.of(PrintedPolicies.CREATING));
    }
    if (role == Role.ADOPTER) {
      policies.set(0, policies.get(0).replace("key/<key id>", "key/*"));
    }
    bench.server.identityPolicies(
        policies.stream()
            .map(policy -> without.map(a -> PrintedPolicies.without(a, policy)).orElse(policy))
            .toList());
    Attempts attempts = new Attempts();
    role.live(attempts, prepared);
    if (role == Role.MAKER) {
      // What follows a change and fails for good is logged; doctor tells of it.
      attempts.backend.permissions(bench.call()).stream()
          .filter(permission -> !permission.granted())
          .map(Permission::name)
          .filter(List.of("kms:UpdateAlias")::contains)
          .forEach(attempts.refusals::add);
    }
    attempts.backend.close();
    return attempts.refusals;
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void livesUnderExactlyItsPolicy(Role role) throws BackendFailure {
    assertThat(lived(role, Optional.empty())).isEmpty();
  }

  static Stream<Arguments> permissions() {
    return Stream.of(Role.values())
        .flatMap(
            role ->
                PrintedPolicies.allowed(PrintedPolicies.of(role.heading)).stream()
                    .map(action -> Arguments.of(role, action)));
  }

  @ParameterizedTest
  @MethodSource("permissions")
  void namesThePermissionThatIsMissing(Role role, String action) throws BackendFailure {
    assertThat(lived(role, Optional.of(action)))
        .anySatisfy(text -> assertThat(text).contains(action));
  }
}
