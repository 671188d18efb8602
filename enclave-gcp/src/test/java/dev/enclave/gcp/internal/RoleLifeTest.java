package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.crypto.LocalKey;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.RestoreRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each role does, under exactly the permissions of the custom role that doctor prints for it,
 * granted where it says; and with each permission taken away, which then names itself.
 */
@Tag("full")
class RoleLifeTest {

  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);
  private static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;
  private static final Duration LONG_AGO = Duration.ofMinutes(16);

  private static Bench bench;
  private static KeySnapshot shared;
  private static KeySnapshot kek;

  @BeforeAll
  static void open() throws BackendFailure {
    // Where the organisation demands that a version is disabled first, destroying asks for most.
    bench = Bench.start(GcpKmsServer.builder().disableBeforeDestroy());
    bench.warmImports();
    shared = create(ALGORITHM);
    kek = create(WrappingAlgorithm.AES_256_GCM);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  /** The server makes RSA keys meanwhile, which takes its time. */
  private static CallContext call() {
    return CallContext.of(
        UUID.randomUUID().toString(),
        1,
        Deadline.in(Duration.ofMinutes(5), bench.clock()),
        bench.clock());
  }

  private static CreateRequest request(KeyAlgorithm algorithm) {
    return CreateRequest.of(
        KeyName.of("key-" + UUID.randomUUID()),
        algorithm,
        RotationInterval.NEVER,
        EnvironmentType.DEVELOPMENT,
        UUID.randomUUID().toString());
  }

  private static KeySnapshot create(KeyAlgorithm algorithm) throws BackendFailure {
    return bench.backend().create(request(algorithm), call());
  }

  private enum Role {
    SIGNER("enclaveSigner"),
    ADMINISTRATOR("enclaveAdministrator"),
    IMPORTER("enclaveImporter"),
    ADOPTER("enclaveSigner");

    private final Pattern printed;

    Role(String id) {
      printed =
          Pattern.compile(
              "gcloud iam roles create " + id + " [^#]*?--permissions=(?<permissions>[^\\n]+)");
    }

    private List<String> permissions() {
      try {
        String text = GcpAccess.policy(Openings.in(EnvironmentType.PRODUCTION).context()).text();
        Matcher matcher = printed.matcher(text);
        assertThat(matcher.find()).isTrue();
        return Arrays.asList(matcher.group("permissions").split(",", -1));
      } catch (BackendFailure e) {
        throw new AssertionError(e);
      }
    }

    /** With those that it is given besides. */
    private List<Role> all() {
      return switch (this) {
        case SIGNER, ADOPTER -> List.of(this);
        case ADMINISTRATOR -> List.of(SIGNER, this);
        case IMPORTER -> List.of(SIGNER, ADMINISTRATOR, this);
      };
    }
  }

  /** A life goes on after a refusal, so that the next permission is asked for too. */
  private record Life(CapableBackend backend, List<String> refusals) {

    @FunctionalInterface
    private interface Work<T> {
      T run() throws BackendFailure;
    }

    private <T> Optional<T> attempt(Work<T> work) {
      try {
        return Optional.of(work.run());
      } catch (BackendFailure e) {
        refusals.add(e.getMessage());
        return Optional.empty();
      }
    }

    void use(KeySnapshot key, KeySnapshot kek) {
      attempt(() -> backend.load(key.name(), call()));
      attempt(() -> backend.sign(key.ref(key.active().orElseThrow()), DIGEST, call()));
      // By the name of a version, which is read alone.
      attempt(
          () ->
              backend.adopt(
                  KeyName.of("treasury"), key.active().orElseThrow().providerUri(), call()));
      var ref = kek.ref(kek.active().orElseThrow());
      attempt(
          () -> {
            try (SecretBytes secret = SecretBytes.takeOver(new byte[32])) {
              backend.unwrap(ref, backend.wrap(ref, secret, call()), call()).close();
              return "";
            }
          });
    }

    void administer(KeySnapshot key) {
      attempt(() -> backend.create(request(ALGORITHM), call()));
      attempt(
          () -> {
            RotateRequest rotation = rotation(key);
            KeyVersion next = backend.prepare(rotation, call());
            // The statement on the successor.
            backend.sign(key.ref(key.active().orElseThrow()), DIGEST, call());
            return backend.activate(rotation, next.id(), call());
          });
      attempt(
          () ->
              backend.changeInterval(
                  key.name(), RotationInterval.every(Duration.ofDays(30)), call()));
      attempt(() -> backend.load(key.name(), call())).ifPresent(this::end);
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
      try (LocalKey key = LocalKey.generate(ALGORITHM, new SecureRandom());
          ExportedKey exported =
              ExportedKey.of(
                  KeyName.of("outside"),
                  ALGORITHM,
                  RotationInterval.NEVER,
                  Optional.empty(),
                  List.of(
                      ExportedKey.Version.of(
                          KeyVersionId.of("v0"),
                          KeyState.ACTIVE,
                          Instant.EPOCH,
                          key.publicKey(),
                          Optional.of(key.encode()))))) {
        RestoreRequest request =
            RestoreRequest.of(
                KeyName.of("restored-" + UUID.randomUUID()),
                EnvironmentType.DEVELOPMENT,
                exported,
                UUID.randomUUID().toString());
        attempt(() -> backend.restore(request, call()));
      }
    }

    void adopt(KeySnapshot foreign) {
      attempt(() -> backend.adopt(KeyName.of("treasury"), resource(foreign), call()))
          .ifPresent(
              key ->
                  attempt(() -> backend.sign(key.ref(key.active().orElseThrow()), DIGEST, call())));
    }
  }

  private static RotateRequest rotation(KeySnapshot key) {
    return RotateRequest.of(
        key.name(),
        key.active().orElseThrow().id(),
        UUID.randomUUID().toString(),
        KeyState.VERIFY_ONLY);
  }

  /** The name of the CryptoKey. */
  private static String resource(KeySnapshot key) {
    return key.active().orElseThrow().providerUri().replaceFirst("/cryptoKeyVersions/.*", "");
  }

  private static Map<String, List<String>> grants(
      Role role, KeySnapshot key, Optional<String> without) {
    List<String> permissions =
        role.all().stream()
            .flatMap(each -> each.permissions().stream())
            .filter(permission -> without.filter(permission::equals).isEmpty())
            .toList();
    String ring = resource(key).replaceFirst("/cryptoKeys/.*", "");
    return Map.of(role == Role.ADOPTER ? resource(key) : ring, permissions);
  }

  /** The refusals of a life under the role, less what was taken away. */
  private static List<String> lived(Role role, Optional<String> without) throws BackendFailure {
    bench.server().grants(Map.of());
    KeySnapshot key = shared;
    if (role == Role.ADMINISTRATOR) {
      bench.backend().prepare(rotation(create(ALGORITHM)), call());
      key = create(ALGORITHM);
    }
    // An import job serves for a day, and takes seconds to make.
    boolean another = without.filter("cloudkms.importJobs.create"::equals).isPresent();
    bench.clock().advance(another ? Duration.ofDays(4) : LONG_AGO);
    List<String> refusals = new ArrayList<>();
    try (CapableBackend backend = bench.another()) {
      bench.server().grants(grants(role, key, without));
      Life life = new Life(backend, refusals);
      switch (role) {
        case SIGNER -> life.use(key, kek);
        case ADMINISTRATOR -> life.administer(key);
        case IMPORTER -> life.restore();
        case ADOPTER -> life.adopt(key);
      }
      if (role == Role.SIGNER || role == Role.ADMINISTRATOR) {
        backend.permissions(call()).stream()
            .filter(permission -> without.isPresent() && !permission.granted())
            .map(permission -> "doctor: " + permission.name())
            .forEach(refusals::add);
      }
    }
    return refusals;
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void livesUnderExactlyItsRole(Role role) throws BackendFailure {
    assertThat(lived(role, Optional.empty())).isEmpty();
  }

  static Stream<Arguments> permissions() {
    return Stream.of(Role.SIGNER, Role.ADMINISTRATOR, Role.IMPORTER)
        .flatMap(role -> role.permissions().stream().map(name -> Arguments.of(role, name)));
  }

  @ParameterizedTest
  @MethodSource("permissions")
  void namesThePermissionThatIsMissing(Role role, String permission) throws BackendFailure {
    List<String> refusals = lived(role, Optional.of(permission));
    assertThat(refusals)
        .filteredOn(text -> !text.startsWith("doctor: "))
        .anySatisfy(text -> assertThat(text).contains(permission));
  }
}
