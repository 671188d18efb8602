package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.RotationRequest;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.WrappingKey;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeysTest {

  private static final KeySpec SPEC = KeySpec.named("wallet-42").algorithm(KeyAlgorithm.ED25519);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final InMemoryStore store = new InMemoryStore();
  private final Bench bench = Bench.in("production").with(new InMemoryProvider(store));

  @Test
  void findsAKeyAgainByItsHandleAndByItsName() {
    KeyHandle handle;
    SignatureValue signature;
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(SPEC);
      handle = key.handle();
      signature = key.sign(MESSAGE);
    }
    try (Enclave enclave = bench.open()) {
      assertThat(enclave.key(KeyHandle.parse(handle.toString())).verify(MESSAGE, signature))
          .isTrue();
      assertThat(enclave.key("wallet-42").handle()).isEqualTo(handle);
    }
  }

  @Test
  void createsOnce_andEnsuresAgain() {
    try (Enclave enclave = bench.open()) {
      SigningKey first = enclave.createKey(SPEC);
      refused(ErrorCode.KEY_ALREADY_EXISTS, () -> enclave.createKey(SPEC));
      assertThat(enclave.ensureKey(SPEC).handle()).isEqualTo(first.handle());
      refused(
          ErrorCode.KEY_SPEC_MISMATCH,
          () ->
              enclave.ensureKey(
                  KeySpec.named("wallet-42").algorithm(KeyAlgorithm.ECDSA_P256_SHA256)));
    }
  }

  @Test
  void refusesAnUnknownName() {
    try (Enclave enclave = bench.open()) {
      assertThat(refused(ErrorCode.KEY_NOT_FOUND, () -> enclave.key("nobody"))).contains("nobody");
    }
  }

  @Test
  void refusesAHandleOfAnotherKey_orAnotherPlace() {
    try (Enclave enclave = bench.open()) {
      KeyHandle handle = enclave.createKey(SPEC).handle();
      KeyHandle other =
          enclave.createKey(KeySpec.named("other").algorithm(KeyAlgorithm.ED25519)).handle();
      refused(
          ErrorCode.KEY_IDENTITY_CHANGED,
          () ->
              enclave.key(
                  new KeyHandle(
                      handle.backend(), handle.authority(), handle.name(), other.fingerprint())));
      refused(
          ErrorCode.HANDLE_AUTHORITY_MISMATCH,
          () ->
              enclave.key(
                  new KeyHandle(
                      handle.backend(), "elsewhere", handle.name(), handle.fingerprint())));
    }
  }

  @Test
  void refusesEveryOperation_whenTheKeyWasMadeForAnotherEnvironment() {
    KeyHandle handle;
    try (Enclave local = Bench.in("local").with(new InMemoryProvider(store)).open()) {
      handle = local.createKey(SPEC).handle();
      local.createWrappingKey(KeySpec.named("kek-1").algorithm(KeyAlgorithm.AES_256_GCM));
    }
    for (String strict : new String[] {"production", "staging"}) {
      try (Enclave enclave = Bench.in(strict).with(new InMemoryProvider(store)).open()) {
        assertThat(refused(ErrorCode.STAMP_MISMATCH, () -> enclave.key("wallet-42")))
            .contains("LOCAL");
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.key(handle));
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.managedKey("wallet-42"));
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.ensureKey(SPEC));
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.seal("kek-1", new byte[1], new byte[0]));
      }
    }
  }

  @Test
  void refusesAKeyOfLessAssuranceThanThePolicyDemands_andOneImported() {
    try (Enclave development =
        Bench.in("development")
            .with(new InMemoryProvider().assurance(Assurance.OS_SEALED))
            .open()) {
      assertThat(development.createKey(SPEC).info().assurance()).isEqualTo(Assurance.OS_SEALED);
    }
    try (Enclave production =
        Bench.in("production").with(new InMemoryProvider().origin(KeyOrigin.IMPORTED)).open()) {
      refused(ErrorCode.ORIGIN_NOT_ALLOWED, () -> production.createKey(SPEC));
    }
  }

  @Test
  void refusesAnAlgorithmThePolicyDoesNotAllow_alsoForExistingKeys() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(SPEC);
    }
    try (Enclave enclave =
        Bench.in("production")
            .set("enclave.algorithms", "ECDSA_P256_SHA256")
            .with(new InMemoryProvider(store))
            .open()) {
      refused(ErrorCode.ALGORITHM_NOT_ALLOWED, () -> enclave.key("wallet-42"));
      refused(
          ErrorCode.ALGORITHM_NOT_ALLOWED,
          () -> enclave.createKey(KeySpec.named("new").algorithm(KeyAlgorithm.ED25519)));
    }
  }

  @Test
  void adoptsAKeySomethingElseMade_andNeverChangesIt() {
    InMemoryProvider provider = new InMemoryProvider(store);
    String uri =
        provider.placeForeignKey(
            KeyAlgorithm.ECDSA_P256_SHA256, bench.clock.now(), new SecureRandom());
    bench.set("enclave.keys.treasury", uri);
    try (Enclave enclave = bench.open()) {
      SigningKey treasury = enclave.key("treasury");
      assertThat(treasury.verify(MESSAGE, treasury.sign(MESSAGE))).isTrue();
      assertThat(treasury.info().adopted()).isTrue();
      enclave.key("treasury");
      assertThat(bench.audit.events(dev.enclave.spi.AuditEvent.Operation.ADOPT))
          .singleElement()
          .satisfies(e -> assertThat(e.details()).containsEntry("providerUri", uri));
      assertThat(treasury.info().stamp()).isEqualTo(StampReading.none());
      assertThat(enclave.key(treasury.handle()).handle()).isEqualTo(treasury.handle());
      assertThat(enclave.keys()).extracting(i -> i.name().value()).containsExactly("treasury");
      assertThat(enclave.keyNames()).extracting(KeyName::value).containsExactly("treasury");
      refused(ErrorCode.UNSUPPORTED_OPERATION, () -> treasury.rotate(RotationRequest.now()));
      refused(
          ErrorCode.UNSUPPORTED_OPERATION, () -> treasury.destroy(treasury.activeVersion().id()));
      refused(
          ErrorCode.KEY_ALREADY_EXISTS,
          () -> enclave.createKey(KeySpec.named("treasury").algorithm(KeyAlgorithm.ED25519)));
    }
  }

  @Test
  void disablesEnablesAndDestroysVersions() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(SPEC);
      SignatureValue signature = key.sign(MESSAGE);
      KeyVersionId first = key.activeVersion().id();

      KeyInfo disabled = key.disable(first);
      assertThat(disabled.version(first).orElseThrow().state()).isEqualTo(KeyState.DISABLED);
      assertThat(key.verify(MESSAGE, signature)).isFalse();
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.sign(MESSAGE));

      assertThat(key.enable(first).activeVersion()).contains(first);
      assertThat(key.verify(MESSAGE, signature)).isTrue();

      key.rotate(RotationRequest.now());
      key.disable(first);
      assertThat(key.enable(first).version(first).orElseThrow().state())
          .isEqualTo(KeyState.VERIFY_ONLY);

      key.destroy(first);
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.enable(first));
      KeyVersionId second = key.activeVersion().id();
      key.destroy(second);
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.enable(second));
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.sign(MESSAGE));
      refused(ErrorCode.VERSION_NOT_FOUND, () -> key.disable(KeyVersionId.of("99")));
    }
  }

  @Test
  void sealsAndOpens_andRefusesAnythingChanged() {
    try (Enclave enclave = bench.open()) {
      WrappingKey kek =
          enclave.createWrappingKey(KeySpec.named("kek-1").algorithm(KeyAlgorithm.AES_256_GCM));
      byte[] secret = "seed".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      byte[] context = "user:7".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      byte[] stored = enclave.seal("kek-1", secret, context).toByteArray();

      assertThat(
              enclave
                  .wrappingKey(kek.handle())
                  .open(dev.enclave.SealedBytes.parse(stored), context))
          .isEqualTo(secret);
      kek.rotate(RotationRequest.now());
      assertThat(enclave.open(dev.enclave.SealedBytes.parse(stored), context)).isEqualTo(secret);
      refused(
          ErrorCode.SEALED_DATA_CORRUPT,
          () -> enclave.open(dev.enclave.SealedBytes.parse(stored), new byte[0]));
    }
  }

  @Test
  void neverOpensASealedBoxWithAnyByteChanged() {
    try (Enclave enclave = bench.open()) {
      enclave.createWrappingKey(KeySpec.named("kek-1").algorithm(KeyAlgorithm.AES_256_GCM));
      byte[] stored = enclave.seal("kek-1", new byte[20], new byte[3]).toByteArray();
      for (int i = 0; i < stored.length; i++) {
        byte[] changed = stored.clone();
        changed[i] ^= 1;
        assertThat(
                org.assertj.core.api.Assertions.catchThrowable(
                    () -> enclave.open(dev.enclave.SealedBytes.parse(changed), new byte[3])))
            .as("byte %d", i)
            .isInstanceOf(dev.enclave.EnclaveException.class);
      }
    }
  }

  @Test
  void refusesAKeyOfTheOtherPurpose() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(SPEC);
      refused(ErrorCode.WRONG_PURPOSE, () -> enclave.seal("wallet-42", new byte[1], new byte[0]));
      refused(
          ErrorCode.WRONG_PURPOSE,
          () -> enclave.createKey(KeySpec.named("kek").algorithm(KeyAlgorithm.AES_256_GCM)));
      refused(ErrorCode.WRONG_PURPOSE, () -> enclave.createWrappingKey(SPEC));
    }
  }

  @Test
  void rotatesWhatIsDue_andNothingElse() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(SPEC.rotation(RotationInterval.every(Duration.ofDays(30))));
      enclave.createKey(
          KeySpec.named("address")
              .algorithm(KeyAlgorithm.ED25519)
              .rotation(RotationInterval.NEVER));
      assertThat(enclave.rotateDue()).isEmpty();
      bench.clock.advance(Duration.ofDays(31));
      assertThat(enclave.rotateDue())
          .singleElement()
          .satisfies(r -> assertThat(r.key().name().value()).isEqualTo("wallet-42"));
      assertThat(enclave.rotateDue()).isEmpty();
    }
  }

  @Test
  void stampsTheEnvironmentOnEveryKey() {
    try (Enclave enclave = bench.open()) {
      assertThat(enclave.createKey(SPEC).info().stamp())
          .isEqualTo(StampReading.of(EnvironmentType.PRODUCTION));
    }
  }

  @Test
  void refusesEverythingAfterClose() {
    Enclave enclave = bench.open();
    SigningKey key = enclave.createKey(SPEC);
    enclave.by("user:7").close();
    assertThat(key.sign(MESSAGE)).isNotNull();
    enclave.close();
    enclave.close();
    refused(ErrorCode.CLOSED, () -> key.sign(MESSAGE));
    refused(ErrorCode.CLOSED, () -> enclave.key("wallet-42"));
    refused(ErrorCode.CLOSED, enclave::keys);
    assertThat(bench.audit.closed()).isTrue();
  }
}
