package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Keys;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.Administration;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeysTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
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
      assertThat(
              enclave
                  .signingKeys()
                  .key(KeyHandle.parse(handle.toString()))
                  .verify(MESSAGE, signature))
          .isTrue();
      assertThat(enclave.signingKeys().key("wallet-42").handle()).isEqualTo(handle);
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
                  KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256)));
    }
  }

  @Test
  void refusesAnotherRotationIntervalThanTheKeyHas_andTakesAnyWhenNoneIsAsked() {
    RotationInterval quarterly = RotationInterval.every(Duration.ofDays(90));
    try (Enclave enclave = bench.open()) {
      enclave.createKey(SPEC.rotation(quarterly));

      assertThat(
              refused(
                  ErrorCode.KEY_SPEC_MISMATCH,
                  () -> enclave.ensureKey(SPEC.rotation(RotationInterval.NEVER))))
          .contains("PT2160H", "never");
      refused(
          ErrorCode.KEY_SPEC_MISMATCH,
          () -> enclave.ensureKey(SPEC.rotation(RotationInterval.POLICY)));
      assertThat(enclave.ensureKey(SPEC).info().rotation()).isEqualTo(quarterly);
      assertThat(enclave.ensureKey(SPEC.rotation(quarterly)).info().rotation())
          .isEqualTo(quarterly);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ED25519", "ECDSA_SECP256K1_SHA256", "ECDSA_SECP256K1_KECCAK256"})
  void neverRotatesAKeyForAddresses_unlessItsSpecificationAsks(SigningAlgorithm algorithm) {
    Bench strict = Bench.in("local").set("enclave.rotation.interval", "P1D");
    try (Enclave enclave = strict.with(new InMemoryProvider()).open()) {
      SigningKey unasked = enclave.createKey(KeySpec.named("unasked").algorithm(algorithm));
      SigningKey asked =
          enclave.createKey(
              KeySpec.named("asked").algorithm(algorithm).rotation(RotationInterval.POLICY));
      SigningKey document =
          enclave.createKey(
              KeySpec.named("document").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));

      assertThat(unasked.info().nextRotationAt()).isEmpty();
      assertThat(asked.info().nextRotationAt()).isPresent();
      assertThat(document.info().nextRotationAt()).isPresent();
      strict.clock.advance(Duration.ofDays(2));
      assertThat(enclave.admin().rotateDue().rotated())
          .extracting(r -> r.key().name().value())
          .containsExactly("asked", "document");
    }
  }

  @Test
  void destroysNoActiveVersion() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(SPEC);
      KeyVersionId active = key.activeVersion().id();
      ManagedKey managed = enclave.admin().key("wallet-42");

      assertThat(refused(ErrorCode.VERSION_ACTIVE, () -> managed.destroy(active)))
          .contains("wallet-42", "Disable it first");
      assertThat(key.activeVersion().id()).isEqualTo(active);
      managed.disable(active);
      assertThat(managed.destroy(active).version(active).orElseThrow().state())
          .isEqualTo(KeyState.DESTROYED);
    }
  }

  @Test
  void findsAKeyThatMayNotExist() {
    try (Enclave enclave = bench.open()) {
      int before = bench.audit.events().size();
      assertThat(enclave.signingKeys().find("wallet-42")).isEmpty();
      assertThat(bench.audit.events()).as("records of a key that is not there").hasSize(before);
      SigningKey key = enclave.createKey(SPEC);
      assertThat(enclave.signingKeys().find("wallet-42").orElseThrow().handle())
          .isEqualTo(key.handle());
      assertThat(enclave.signingKeys().key(KeyName.of("wallet-42")).algorithm())
          .isEqualTo(SigningAlgorithm.ED25519);
      enclave.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
      refused(ErrorCode.WRONG_PURPOSE, () -> enclave.signingKeys().find("kek-1"));
    }
  }

  @Test
  void takesAVersionItself_whereItsIdIsTaken() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(SPEC);
      ManagedKey managed = enclave.admin().key("wallet-42");
      KeyVersion version = managed.info().active().orElseThrow();
      Message message = Message.ofUtf8("pay");
      assertThat(version.verifier().orElseThrow().verify(message, key.sign(message))).isTrue();
      assertThat(managed.disable(version).active()).isEmpty();
      assertThat(managed.enable(version).active().map(KeyVersion::id)).contains(version.id());
      managed.disable(version);
      assertThat(managed.destroy(version).version(version.id()).map(KeyVersion::state))
          .contains(KeyState.DESTROYED);
      ManagedKey kek =
          enclave
              .admin()
              .key(
                  enclave
                      .createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM))
                      .handle());
      assertThat(kek.activeVersion().verifier()).isEmpty();
    }
  }

  @Test
  void givesAViewThatOnlySigns() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(SPEC);
      Keys<SigningKey> view = enclave.signingKeys();

      assertThat(view).isNotInstanceOfAny(Enclave.class, Administration.class);
      assertThat(view.key(key.handle())).isNotInstanceOf(ManagedKey.class);
      assertThat(view.find("wallet-42").orElseThrow().sign(MESSAGE).key()).isEqualTo(key.handle());
    }
  }

  @Test
  void refusesAnUnknownName() {
    try (Enclave enclave = bench.open()) {
      assertThat(refused(ErrorCode.KEY_NOT_FOUND, () -> enclave.signingKeys().key("nobody")))
          .contains("nobody");
    }
  }

  @Test
  void refusesAHandleOfAnotherKey_orAnotherPlace() {
    try (Enclave enclave = bench.open()) {
      KeyHandle handle = enclave.createKey(SPEC).handle();
      KeyHandle other =
          enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519)).handle();
      refused(
          ErrorCode.KEY_IDENTITY_CHANGED,
          () ->
              enclave
                  .signingKeys()
                  .key(
                      new KeyHandle(
                          handle.backend(),
                          handle.authority(),
                          handle.name(),
                          other.fingerprint())));
      refused(
          ErrorCode.HANDLE_AUTHORITY_MISMATCH,
          () ->
              enclave
                  .signingKeys()
                  .key(
                      new KeyHandle(
                          handle.backend(), "elsewhere", handle.name(), handle.fingerprint())));
    }
  }

  @Test
  void destroysNoVersion_byAHandleOfAnotherKeyOrAnotherBackend() {
    KeySpec<SigningKey> there = SPEC.on(BackendId.of("there"));
    try (Enclave enclave = bench.with(new InMemoryProvider().id("there")).open()) {
      KeyHandle handle = withARetiredVersion(enclave, SPEC);
      KeyHandle other =
          withARetiredVersion(enclave, KeySpec.named("other").algorithm(SigningAlgorithm.ED25519));
      KeyHandle namesake = withARetiredVersion(enclave, there);
      List<KeyVersion> before = versions(enclave, handle);
      List<KeyVersion> elsewhere = versions(enclave, namesake);
      KeyVersionId first = before.get(0).id();
      assertThat(elsewhere.get(0).id()).isEqualTo(first);

      refused(
          ErrorCode.KEY_IDENTITY_CHANGED,
          () ->
              destroy(
                  enclave,
                  new KeyHandle(
                      handle.backend(), handle.authority(), handle.name(), other.fingerprint()),
                  first));
      refused(
          ErrorCode.KEY_IDENTITY_CHANGED,
          () ->
              destroy(
                  enclave,
                  new KeyHandle(
                      namesake.backend(),
                      namesake.authority(),
                      namesake.name(),
                      handle.fingerprint()),
                  first));
      refused(
          ErrorCode.HANDLE_AUTHORITY_MISMATCH,
          () ->
              destroy(
                  enclave,
                  new KeyHandle(handle.backend(), "elsewhere", handle.name(), handle.fingerprint()),
                  first));
      refused(
          ErrorCode.BACKEND_NOT_FOUND,
          () ->
              destroy(
                  enclave,
                  new KeyHandle(
                      BackendId.of("nowhere"),
                      handle.authority(),
                      handle.name(),
                      handle.fingerprint()),
                  first));
      assertThat(versions(enclave, handle)).isEqualTo(before);
      assertThat(versions(enclave, namesake)).isEqualTo(elsewhere);

      destroy(enclave, namesake, first);
      destroy(enclave, other, first);
      assertThat(versions(enclave, handle)).isEqualTo(before);
      assertThat(versions(enclave, namesake).get(0).state()).isEqualTo(KeyState.DESTROYED);
    }
  }

  private static KeyHandle withARetiredVersion(Enclave enclave, KeySpec<SigningKey> spec) {
    KeyHandle handle = enclave.createKey(spec).handle();
    enclave.admin().key(handle).rotate(RotationRequest.now());
    return handle;
  }

  private static void destroy(Enclave enclave, KeyHandle handle, KeyVersionId version) {
    enclave.admin().key(handle).destroy(version);
  }

  private static List<KeyVersion> versions(Enclave enclave, KeyHandle handle) {
    return enclave.admin().key(handle).info().versions();
  }

  @Test
  void refusesEveryOperation_whenTheKeyWasMadeForAnotherEnvironment() {
    KeyHandle handle;
    try (Enclave local = Bench.in("local").with(new InMemoryProvider(store)).open()) {
      handle = local.createKey(SPEC).handle();
      local.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
    }
    for (String strict : new String[] {"production", "staging"}) {
      try (Enclave enclave = Bench.in(strict).with(new InMemoryProvider(store)).open()) {
        assertThat(refused(ErrorCode.STAMP_MISMATCH, () -> enclave.signingKeys().key("wallet-42")))
            .contains("LOCAL");
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.signingKeys().key(handle));
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.admin().key("wallet-42"));
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.ensureKey(SPEC));
        refused(ErrorCode.STAMP_MISMATCH, () -> enclave.seal("kek-1", new byte[1], new byte[0]));
      }
    }
  }

  @Test
  void refusesAKeyOfLessAssuranceThanThePolicyDemands_andOneImported() {
    BentProvider weak =
        new BentProvider("weak")
            .answering("create", BentProvider.withAssurance(Assurance.OS_SEALED));
    try (Enclave production = Bench.in("production").with(weak).open()) {
      refused(ErrorCode.ASSURANCE_TOO_LOW, () -> production.createKey(SPEC));
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
      refused(ErrorCode.ALGORITHM_NOT_ALLOWED, () -> enclave.signingKeys().key("wallet-42"));
      refused(
          ErrorCode.ALGORITHM_NOT_ALLOWED,
          () -> enclave.createKey(KeySpec.named("new").algorithm(SigningAlgorithm.ED25519)));
    }
  }

  @Test
  void adoptsAKeySomethingElseMade_andNeverChangesIt() {
    InMemoryProvider provider = new InMemoryProvider(store);
    String uri =
        provider.placeForeignKey(
            SigningAlgorithm.ECDSA_P256_SHA256, bench.clock.now(), new SecureRandom());
    bench.set("enclave.keys.treasury", uri);
    try (Enclave enclave = bench.open()) {
      SigningKey treasury = enclave.signingKeys().key("treasury");
      assertThat(treasury.verify(MESSAGE, treasury.sign(MESSAGE))).isTrue();
      assertThat(treasury.info().adopted()).isTrue();
      enclave.signingKeys().key("treasury");
      assertThat(bench.audit.events(dev.enclave.spi.audit.AuditEvent.Operation.ADOPT))
          .singleElement()
          .satisfies(e -> assertThat(e.details()).containsEntry("providerUri", uri));
      assertThat(treasury.info().stamp()).isEqualTo(StampReading.none());
      assertThat(enclave.signingKeys().key(treasury.handle()).handle())
          .isEqualTo(treasury.handle());
      assertThat(enclave.admin().listKeys().keys())
          .extracting(i -> i.name().value())
          .containsExactly("treasury");
      assertThat(enclave.admin().keyNames()).extracting(KeyName::value).containsExactly("treasury");
      refused(
          ErrorCode.UNSUPPORTED_OPERATION,
          () -> enclave.admin().key(treasury.handle()).rotate(RotationRequest.now()));
      refused(
          ErrorCode.UNSUPPORTED_OPERATION,
          () -> enclave.admin().key(treasury.handle()).destroy(treasury.activeVersion().id()));
      refused(
          ErrorCode.UNSUPPORTED_OPERATION,
          () -> enclave.admin().key(treasury.handle()).changeRotation(RotationInterval.POLICY));
      refused(
          ErrorCode.KEY_ALREADY_EXISTS,
          () -> enclave.createKey(KeySpec.named("treasury").algorithm(SigningAlgorithm.ED25519)));
    }
  }

  @Test
  void disablesEnablesAndDestroysVersions() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(SPEC);
      SignatureValue signature = key.sign(MESSAGE);
      KeyVersionId first = key.activeVersion().id();

      KeyInfo disabled = enclave.admin().key(key.handle()).disable(first);
      assertThat(disabled.version(first).orElseThrow().state()).isEqualTo(KeyState.DISABLED);
      assertThat(key.verify(MESSAGE, signature)).isFalse();
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.sign(MESSAGE));

      assertThat(enclave.admin().key(key.handle()).enable(first).active().map(KeyVersion::id))
          .contains(first);
      assertThat(key.verify(MESSAGE, signature)).isTrue();

      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      enclave.admin().key(key.handle()).disable(first);
      assertThat(
              enclave.admin().key(key.handle()).enable(first).version(first).orElseThrow().state())
          .isEqualTo(KeyState.VERIFY_ONLY);

      enclave.admin().key(key.handle()).destroy(first);
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> enclave.admin().key(key.handle()).enable(first));
      KeyVersionId second = key.activeVersion().id();
      enclave.admin().key(key.handle()).disable(second);
      enclave.admin().key(key.handle()).destroy(second);
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> enclave.admin().key(key.handle()).enable(second));
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.sign(MESSAGE));
      refused(
          ErrorCode.VERSION_NOT_FOUND,
          () -> enclave.admin().key(key.handle()).disable(KeyVersionId.of("99")));
    }
  }

  @Test
  void sealsAndOpens_andRefusesAnythingChanged() {
    try (Enclave enclave = bench.open()) {
      WrappingKey kek =
          enclave.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
      byte[] secret = "seed".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      byte[] context = "user:7".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      byte[] stored = enclave.seal("kek-1", secret, context).toByteArray();

      assertThat(
              enclave
                  .wrappingKeys()
                  .key(kek.handle())
                  .unseal(dev.enclave.SealedBytes.parse(stored), context))
          .isEqualTo(secret);
      enclave.admin().key(kek.handle()).rotate(RotationRequest.now());
      assertThat(enclave.unseal(dev.enclave.SealedBytes.parse(stored), context)).isEqualTo(secret);
      refused(
          ErrorCode.SEALED_DATA_CORRUPT,
          () -> enclave.unseal(dev.enclave.SealedBytes.parse(stored), new byte[0]));
    }
  }

  @Test
  void neverOpensASealedBoxWithAnyByteChanged() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
      byte[] stored = enclave.seal("kek-1", new byte[20], new byte[3]).toByteArray();
      for (int i = 0; i < stored.length; i++) {
        byte[] changed = stored.clone();
        changed[i] ^= 1;
        assertThat(
                org.assertj.core.api.Assertions.catchThrowable(
                    () -> enclave.unseal(dev.enclave.SealedBytes.parse(changed), new byte[3])))
            .as("byte %d", i)
            .isInstanceOf(dev.enclave.error.EnclaveException.class);
      }
    }
  }

  @Test
  void refusesAKeyOfTheOtherPurpose_andSaysWhichFinderHasIt() {
    try (Enclave enclave = bench.open()) {
      KeyHandle signs = enclave.createKey(SPEC).handle();
      refusedFor("signingKeys()", () -> enclave.wrappingKeys().key("wallet-42"));
      refusedFor("signingKeys()", () -> enclave.wrappingKeys().key(signs));
      refusedFor("signingKeys()", () -> enclave.wrappingKeys().find("wallet-42"));
      refusedFor("signingKeys()", () -> enclave.seal("wallet-42", new byte[1], new byte[0]));
      KeyHandle wraps =
          enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM)).handle();
      refusedFor("wrappingKeys()", () -> enclave.signingKeys().key("kek"));
      refusedFor("wrappingKeys()", () -> enclave.signingKeys().key(wraps));
      refusedFor("wrappingKeys()", () -> enclave.signingKeys().find("kek"));
      refused(
          ErrorCode.KEY_SPEC_MISMATCH,
          () -> enclave.ensureKey(KeySpec.named("kek").algorithm(SigningAlgorithm.ED25519)));
    }
  }

  private static void refusedFor(String finder, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UsageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_PURPOSE))
        .hasMessageEndingWith("or find this one by " + finder + ".");
  }

  @Test
  void rotatesWhatIsDue_andNothingElse() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(SPEC.rotation(RotationInterval.every(Duration.ofDays(30))));
      enclave.createKey(
          KeySpec.named("address")
              .algorithm(SigningAlgorithm.ED25519)
              .rotation(RotationInterval.NEVER));
      assertThat(enclave.admin().rotateDue().rotated()).isEmpty();
      bench.clock.advance(Duration.ofDays(31));
      assertThat(enclave.admin().rotateDue().rotated())
          .singleElement()
          .satisfies(r -> assertThat(r.key().name().value()).isEqualTo("wallet-42"));
      assertThat(enclave.admin().rotateDue().rotated()).isEmpty();
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
    refused(ErrorCode.CLOSED, () -> enclave.signingKeys().key("wallet-42"));
    refused(ErrorCode.CLOSED, enclave.admin()::listKeys);
    assertThat(bench.audit.closed()).isTrue();
  }
}
