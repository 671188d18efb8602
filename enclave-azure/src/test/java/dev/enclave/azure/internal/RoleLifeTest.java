package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.azure.internal.OutsideKeys.Outside;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each role does, under exactly the role definition that doctor prints for it, as a vault and
 * a managed HSM evaluate it; and with each data action taken away, which then names itself.
 */
@Tag("full")
class RoleLifeTest {

  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);
  private static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;
  private static final int MOST_ATTEMPTS = 8;
  private static final Duration LONG_AGO = Duration.ofMinutes(16);

  private static Map<Boolean, AzureBench> benches = Map.of();
  private static Map<Boolean, Prepared> preparations = Map.of();
  private static int names;

  @BeforeAll
  static void open() throws BackendFailure {
    AzureBench vault = new AzureBench();
    AzureBench managedHsm = AzureBench.managedHsm();
    benches = Map.of(false, vault, true, managedHsm);
    persistently(() -> vault.backend.list(vault.call()));
    persistently(() -> managedHsm.backend.list(managedHsm.call()));
    preparations = Map.of(false, prepare(vault, false), true, prepare(managedHsm, true));
  }

  @AfterAll
  static void close() {
    benches.values().forEach(AzureBench::close);
  }

  private enum Role {
    USER(PrintedRoles.USING),
    MAKER(PrintedRoles.MAKING),
    RESTORER(PrintedRoles.RESTORING),
    ADOPTER(PrintedRoles.ADOPTED);

    private final String heading;

    Role(String heading) {
      this.heading = heading;
    }

    /** With those that it is given besides. */
    private List<Role> all() {
      return switch (this) {
        case USER, ADOPTER -> List.of(this);
        case MAKER -> List.of(USER, this);
        case RESTORER -> List.of(USER, MAKER, this);
      };
    }
  }

  /** What an administrator made before; {@code foreign} is what Enclave did not make. */
  private record Prepared(KeySnapshot key, List<KeySnapshot> keks, String foreign) {}

  /** A life goes on after a refusal, so that the next permission is asked for too. */
  private record Life(
      AzureBench bench, CapableBackend backend, Prepared prepared, List<String> refusals) {

    private <T> Optional<T> attempt(Work<T> work) {
      try {
        return Optional.of(persistently(work));
      } catch (BackendFailure e) {
        refusals.add(e.getMessage());
        return Optional.empty();
      }
    }

    private CallContext call() {
      return bench.call();
    }

    void use() {
      KeySnapshot key = prepared.key();
      attempt(() -> backend.load(key.name(), call()));
      attempt(() -> backend.sign(key.ref(key.active().orElseThrow()), DIGEST, call()));
      prepared.keks().forEach(this::wrap);
    }

    private void wrap(KeySnapshot kek) {
      KeyVersionRef ref = kek.ref(kek.active().orElseThrow());
      attempt(
          () -> {
            try (SecretBytes secret = SecretBytes.takeOver(new byte[32])) {
              return backend.wrap(ref, secret, call());
            }
          });
      // Wrapped by an administrator, so that a refusal to wrap hides none to unwrap.
      attempt(
          () -> {
            try (SecretBytes secret = SecretBytes.takeOver(new byte[32])) {
              backend.unwrap(ref, bench.backend.wrap(ref, secret, call()), call()).close();
              return "";
            }
          });
    }

    void make() {
      KeySnapshot key = prepared.key();
      KeyName name = nextName();
      var request = bench.request(name, ALGORITHM);
      attempt(() -> backend.create(request, bench.call()));
      attempt(
          () -> {
            RotateRequest rotation = bench.rotation(key);
            KeyVersion next = backend.prepare(rotation, call());
            // The statement on the successor.
            backend.sign(key.ref(key.active().orElseThrow()), DIGEST, call());
            return backend.activate(rotation, next.id(), call());
          });
      attempt(
          () ->
              backend.changeInterval(
                  key.name(), RotationInterval.every(Duration.ofDays(30)), call()));
      Optional<KeySnapshot> now = attempt(() -> backend.load(key.name(), call()));
      now.ifPresent(this::end);
      attempt(() -> backend.list(call()));
      attempt(() -> backend.health(call()));
      for (Orphan orphan :
          attempt(() -> backend.orphans(Optional.empty(), call()))
              .map(page -> page.orphans())
              .orElse(List.of())) {
        attempt(() -> backend.discard(orphan, call()));
      }
    }

    private void end(KeySnapshot key) {
      KeyVersion active = key.active().orElseThrow();
      attempt(() -> backend.changeState(key.ref(active), KeyState.DISABLED, call()));
      attempt(() -> backend.changeState(key.ref(active), KeyState.ACTIVE, call()));
      for (KeyVersion version : key.versions()) {
        attempt(() -> backend.changeState(key.ref(version), KeyState.DESTROYED, call()));
      }
    }

    void restore() {
      try (Outside outside = OutsideKeys.of(ALGORITHM, KeyState.VERIFY_ONLY, KeyState.ACTIVE)) {
        attempt(() -> backend.restore(outside.request(nextName()), call()));
      }
    }

    void adopt() {
      attempt(() -> backend.adopt(KeyName.of("treasury"), prepared.foreign(), call()))
          .ifPresent(
              key ->
                  attempt(() -> backend.sign(key.ref(key.active().orElseThrow()), DIGEST, call())));
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws BackendFailure;
  }

  /** As the engine does: a machine with much to do opens no connection in time. */
  private static <T> T persistently(Work<T> work) throws BackendFailure {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.run();
      } catch (BackendFailure e) {
        if (e.failureClass() != FailureClass.TRANSIENT || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static synchronized KeyName nextName() {
    return KeyName.of("key-" + ++names);
  }

  private static Prepared prepare(AzureBench bench, boolean managedHsm) throws BackendFailure {
    List<KeySnapshot> keks = new ArrayList<>();
    keks.add(kek(bench, WrappingAlgorithm.RSA_OAEP_3072_SHA256));
    if (managedHsm) {
      keks.add(kek(bench, WrappingAlgorithm.AES_256_GCM));
    }
    // Not closed: it would end the bench's session.
    BareKeys keys = AzureKeyVaultBackend.bareKeys(bench.session);
    return new Prepared(
        bench.create(nextName(), ALGORITHM), keks, keys.make(ALGORITHM, bench.call()));
  }

  private static KeySnapshot kek(AzureBench bench, WrappingAlgorithm algorithm)
      throws BackendFailure {
    CreateRequest kek = bench.request(nextName(), algorithm);
    return bench.backend.create(kek, patient(bench, kek.operationId()));
  }

  /** The server makes an RSA key meanwhile. */
  private static CallContext patient(AzureBench bench, String operationId) {
    return CallContext.of(
        operationId, 1, Deadline.in(Duration.ofMinutes(10), bench.clock), bench.clock);
  }

  /** With a key that may be destroyed, and a version that a rotation left behind. */
  private static Prepared prepareToMake(AzureBench bench, Prepared prepared) throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create(nextName(), ALGORITHM));
    KeySnapshot orphaned = bench.create(nextName(), ALGORITHM);
    bench.backend.prepare(bench.rotation(orphaned), bench.call());
    bench.clock.advance(LONG_AGO);
    return new Prepared(key, prepared.keks(), prepared.foreign());
  }

  /** The refusals of a life under the role's definition, less what was taken away. */
  private static List<String> lived(Role role, boolean managedHsm, Optional<String> without)
      throws BackendFailure {
    AzureBench bench = Objects.requireNonNull(benches.get(managedHsm));
    bench.server.roleDefinitions(List.of());
    Prepared shared = Objects.requireNonNull(preparations.get(managedHsm));
    Prepared prepared = role == Role.MAKER ? prepareToMake(bench, shared) : shared;
    String foreign = prepared.foreign().replaceFirst(".*/keys/", "").replaceFirst("/.*", "");
    List<String> refusals = new ArrayList<>();
    try (CapableBackend backend = bench.another()) {
      bench.server.roleDefinitions(
          role.all().stream()
              .map(each -> PrintedRoles.of(each.heading, managedHsm))
              .map(text -> text.replace("<key name>", foreign))
              .map(text -> without.map(a -> PrintedRoles.without(a, text)).orElse(text))
              .toList());
      Life life = new Life(bench, backend, prepared, refusals);
      switch (role) {
        case USER -> life.use();
        case MAKER -> life.make();
        case RESTORER -> life.restore();
        case ADOPTER -> life.adopt();
      }
    }
    return refusals;
  }

  static Stream<Arguments> roles() {
    return Stream.of(false, true)
        .flatMap(hsm -> Stream.of(Role.values()).map(role -> Arguments.of(role, hsm)));
  }

  @ParameterizedTest
  @MethodSource("roles")
  void livesUnderExactlyItsRole(Role role, boolean managedHsm) throws BackendFailure {
    assertThat(lived(role, managedHsm, Optional.empty())).isEmpty();
  }

  static Stream<Arguments> actions() {
    return roles()
        .flatMap(
            role -> {
              Role kind = (Role) role.get()[0];
              boolean managedHsm = (boolean) role.get()[1];
              return PrintedRoles.allowed(PrintedRoles.of(kind.heading, managedHsm)).stream()
                  // Of the role of a key that signs, what seals is asked for by the first role.
                  .filter(action -> kind != Role.ADOPTER || action.matches(".*/(read|sign)(/.*)?"))
                  .map(action -> Arguments.of(kind, managedHsm, action));
            });
  }

  @ParameterizedTest
  @MethodSource("actions")
  void namesTheActionThatIsMissing(Role role, boolean managedHsm, String action)
      throws BackendFailure {
    assertThat(lived(role, managedHsm, Optional.of(action)))
        .anySatisfy(text -> assertThat(text).contains(action));
  }
}
