package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeySet;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backend like Google's: it forgets the public keys of destroyed versions, and tells none of a
 * disabled version to a process that starts then. Processes have logs of their own, or share one.
 */
class LostPublicKeysTest {

  private final Path logs;
  private final BentProvider cloud = new BentProvider("cloud");
  private String authority = "ring-a";

  LostPublicKeysTest(@TempDir Path logs) {
    this.logs = logs;
    cloud
        .describing(
            its -> {
              Set<BackendTrait> traits = EnumSet.copyOf(its.traits());
              traits.add(BackendTrait.REMOTE);
              traits.remove(BackendTrait.KEEPS_PUBLIC_KEYS);
              return its.withTraits(traits).withAuthority(authority);
            })
        .answering("load", LostPublicKeysTest::asToldToStrangers);
  }

  private static KeySnapshot asToldToStrangers(KeySnapshot key) {
    return key.withVersions(
        key.versions().stream()
            .map(
                version ->
                    version.state().compareTo(KeyState.DISABLED) >= 0
                        ? version.withPublicKey(Optional.empty())
                        : version)
            .toList());
  }

  private EnclaveFactory.Builder builder(String log) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new MutableClock())
        .with(cloud)
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "production",
                    "enclave.audit.directory",
                    logs.resolve(log).toString(),
                    "enclave.audit.countersign",
                    "off")));
  }

  private static KeyHandle create(Enclave enclave) {
    return enclave
        .createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256))
        .handle();
  }

  private static KeyVersionId rotate(Enclave enclave, KeyHandle key, RotationReason reason) {
    ManagedKey managed = enclave.admin().key(key);
    KeyVersionId old = managed.info().active().orElseThrow().id();
    managed.rotate(RotationRequest.now().reason(reason));
    return old;
  }

  private static void refused(ManagedKey key, KeyVersionId version, String observed) {
    EnclaveException refusal =
        catchThrowableOfType(EnclaveException.class, () -> key.destroy(version));
    assertThat(refusal).as("destruction of version " + version).isNotNull();
    assertThat(refusal.code()).isEqualTo(ErrorCode.PUBLIC_KEY_NOT_KEPT);
    assertThat(refusal).hasMessageContaining(observed);
    assertThat(key.info().version(version).map(KeyVersion::state)).contains(KeyState.DISABLED);
  }

  /** The key is taken by its name, since no public key of its first version is told any more. */
  private static void destroy(Enclave enclave, KeyVersionId version) {
    ManagedKey key = enclave.admin().key("wallet");
    assertThat(key.destroy(version).version(version).map(KeyVersion::state))
        .contains(KeyState.DESTROYED);
  }

  private ErrorCode refusal(KeyHandle key, Path... directories) {
    return catchThrowableOfType(
            EnclaveException.class,
            () -> builder("a").auditLog().publicKeys(key, Set.of(), List.of(directories)))
        .code();
  }

  private List<String> proven(KeyHandle key, String... names) {
    return builder("none")
        .auditLog()
        .publicKeys(key, Set.of(), Stream.of(names).map(logs::resolve).toList())
        .keys()
        .entries()
        .stream()
        .map(PublicKeySet.Entry::keyId)
        .toList();
  }

  @Test
  void destroysADisabledVersion_whereTheLogHasItsPublicKey_andNowhereElse() {
    KeyVersionId old;
    try (Enclave enclave = builder("a").open()) {
      KeyHandle key = create(enclave);
      old = rotate(enclave, key, RotationReason.SCHEDULED);
    }
    try (Enclave enclave = builder("b").open()) {
      enclave.admin().key("wallet").disable(old);
    }
    try (Enclave enclave = builder("c").open()) {
      refused(enclave.admin().key("wallet"), old, "has no record of it");
    }
    authority = "ring-b";
    try (Enclave enclave = builder("b").open()) {
      // A key and a version of these names, at another place.
      refused(enclave.admin().key("wallet"), old, "has no record of it");
    }
    authority = "ring-a";
    try (Enclave enclave = builder("b").open()) {
      destroy(enclave, old);
    }
  }

  @Test
  void destroysWhatACompromiseDisabled_byTheRecordOfTheRotation() {
    KeyVersionId old;
    try (Enclave enclave = builder("a").open()) {
      create(enclave);
    }
    try (Enclave enclave = builder("b").open()) {
      old =
          rotate(enclave, enclave.signingKeys().key("wallet").handle(), RotationReason.COMPROMISE);
    }
    try (Enclave enclave = builder("c").open()) {
      refused(enclave.admin().key("wallet"), old, "has no record of it");
    }
    try (Enclave enclave = builder("b").open()) {
      destroy(enclave, old);
    }
  }

  @Test
  void destroysItWithAnotherLog_onceItWasEnabledAndDisabledThere() {
    KeyVersionId old;
    try (Enclave enclave = builder("a").open()) {
      old = rotate(enclave, create(enclave), RotationReason.SCHEDULED);
      enclave.admin().key("wallet").disable(old);
    }
    try (Enclave enclave = builder("b").open()) {
      ManagedKey key = enclave.admin().key("wallet");
      refused(key, old, "enable it, disable it again and destroy it");
      key.enable(old);
      key.disable(old);
      destroy(enclave, old);
    }
  }

  @Test
  void logsOfSeveralReplicasProveTogether_whatNoneOfThemProvesAlone() {
    KeyHandle key;
    KeyVersionId first;
    KeyVersionId second;
    try (Enclave enclave = builder("a").open()) {
      key = create(enclave);
    }
    try (Enclave enclave = builder("b").open()) {
      first = rotate(enclave, key, RotationReason.SCHEDULED);
      second = enclave.signingKeys().key(key).activeVersion().id();
    }
    try (Enclave enclave = builder("c").open()) {
      ManagedKey managed = enclave.admin().key(key);
      managed.destroy(first);
    }
    assertThat(proven(key, "a")).containsExactly("wallet/" + first);
    assertThat(refusal(key, logs.resolve("b"))).isEqualTo(ErrorCode.KEY_NOT_FOUND);
    assertThat(proven(key, "b", "c"))
        .as("who destroyed it has recorded what it was")
        .containsExactly("wallet/" + first, "wallet/" + second);
    assertThat(proven(key, "a", "b")).containsExactly("wallet/" + first, "wallet/" + second);
    assertThat(proven(key, "b", "a")).containsExactly("wallet/" + first, "wallet/" + second);
  }

  @Test
  void anIntentAloneProvesWhatItWasToDestroy() throws IOException {
    KeyHandle key;
    KeyVersionId old;
    try (Enclave enclave = builder("a").open()) {
      key = create(enclave);
      old = rotate(enclave, key, RotationReason.SCHEDULED);
    }
    cloud.before(
        "changeState",
        () -> {
          throw BackendFailure.permanent(FailureCode.REJECTED, "The key is locked.");
        });
    try (Enclave enclave = builder("b").open()) {
      ManagedKey managed = enclave.admin().key(key);
      assertThatThrownBy(() -> managed.destroy(old)).hasMessageContaining("locked");
    }
    assertThat(proven(key, "b")).containsExactly("wallet/" + old);
    assertThat(Files.readString(logs.resolve("b").resolve("lane-0.jsonl")))
        .contains("\"phase\":\"INTENT\"", "\"detail.publicKey\"");
  }

  @Test
  void refusesNoLogAtAll_andOneThatWasChanged() throws IOException {
    KeyHandle key;
    try (Enclave enclave = builder("a").open()) {
      key = create(enclave);
    }
    try (Enclave enclave = builder("b").open()) {
      rotate(enclave, key, RotationReason.SCHEDULED);
    }
    Path lane = logs.resolve("b").resolve("lane-0.jsonl");
    Files.writeString(lane, Files.readString(lane).replaceFirst("SCHEDULED", "SUPERSEDED"));

    assertThat(refusal(key)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(refusal(key, logs.resolve("a"), logs.resolve("b")))
        .isEqualTo(ErrorCode.AUDIT_LOG_CORRUPT);
    assertThat(refusal(key, logs.resolve("nowhere"))).isEqualTo(ErrorCode.CONFIGURATION_UNREADABLE);
  }

  @Test
  void destroysWhatNeverSigned_withoutARecordOfItsPublicKey() {
    try (Enclave enclave = builder("a").open()) {
      SigningKey key = enclave.signingKeys().key(create(enclave));
      KeyVersion published =
          enclave.admin().key(key.handle()).publishNext().versions().stream()
              .filter(version -> version.state() == KeyState.PENDING)
              .findFirst()
              .orElseThrow();
      destroy(enclave, published.id());
    }
    assertThat(lines("a"))
        .noneMatch(line -> line.contains("\"phase\":\"INTENT\"") && line.contains("publicKey"));
  }

  /** What a service answers, for a while or for good, in place of a public key. */
  private static KeySnapshot damaged(KeySnapshot key) {
    return key.withVersions(
        asToldToStrangers(key).versions().stream()
            .map(
                version ->
                    version.publicKey().isPresent()
                        ? version
                            .withPublicKey(Optional.empty())
                            .withPublicKeyFault("the checksum does not fit")
                        : version)
            .toList());
  }

  @Test
  void keepsThePublicKey_whereItsAnswerWasDamagedAtFirst() {
    KeyHandle key;
    KeyVersionId old;
    try (Enclave enclave = builder("a").open()) {
      key = create(enclave);
      old = rotate(enclave, key, RotationReason.SCHEDULED);
    }
    AtomicInteger left = new AtomicInteger(2);
    cloud.answering(
        "load", read -> left.getAndDecrement() > 0 ? damaged(read) : asToldToStrangers(read));
    try (Enclave enclave = builder("b").open()) {
      destroy(enclave, old);
    }
    assertThat(left.get()).as("readings that were damaged").isNotPositive();
    assertThat(proven(key, "b")).containsExactly("wallet/" + old);
  }

  @Test
  void destroysNoVersion_forAnAnswerOfNowAlone() {
    KeyVersionId old;
    try (Enclave enclave = builder("a").open()) {
      old = rotate(enclave, create(enclave), RotationReason.SCHEDULED);
    }
    cloud.answering("load", LostPublicKeysTest::damaged);
    try (Enclave enclave = builder("b").open()) {
      EnclaveException refusal =
          catchThrowableOfType(
              EnclaveException.class, () -> enclave.admin().key("wallet").destroy(old));
      assertThat(refusal).isNotNull();
      assertThat(refusal.code()).isEqualTo(ErrorCode.PUBLIC_KEY_NOT_KEPT);
      assertThat(refusal).hasMessageContaining("answers something else");
    }
  }

  @Test
  void destroysNoVersion_ofWhichTheLogHasASignature_andNoPublicKey() {
    KeyVersionId signed;
    try (Enclave enclave = builder("a").open()) {
      create(enclave);
    }
    try (Enclave enclave = builder("b").open()) {
      SigningKey key = enclave.signingKeys().key("wallet");
      signed = key.activeVersion().id();
      key.sign(Message.ofUtf8("pay 10 to Alice"));
    }
    cloud.answering("load", LostPublicKeysTest::damaged);
    try (Enclave enclave = builder("b").open()) {
      enclave.admin().key("wallet").disable(signed);
      refused(enclave.admin().key("wallet"), signed, "has no record of it");
    }
  }

  @Test
  void destroysAVersion_ofWhichTheLogSaysThatItsPublicKeyWasNone() {
    KeyVersionId wrong;
    try (Enclave enclave = builder("a").open()) {
      wrong = enclave.signingKeys().key(create(enclave)).activeVersion().id();
    }
    cloud.answering("load", LostPublicKeysTest::damaged);
    try (Enclave enclave = builder("b").open()) {
      enclave.admin().key("wallet").disable(wrong);
      destroy(enclave, wrong);
    }
  }

  private List<String> lines(String log) {
    try {
      return Files.readAllLines(logs.resolve(log).resolve("lane-0.jsonl"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
