package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever bit of a message changes on its way, the answer is not used: each bit of each field of
 * each request and answer that carries a checksum, of the checksums, and of the names.
 */
@Tag("full")
class GcpIntegrityTest {

  /** What no checksum covers, and what nothing here is decided by. */
  private static final Set<String> UNUSED =
      Set.of("used_primary", "public_key_format", "public_key");

  private static final MutableClock CLOCK = new MutableClock();
  private static final Tampering TAMPERING = new Tampering();
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static GcpKmsServer server;
  private static CapableBackend backend;

  @BeforeAll
  static void start() {
    server = GcpKmsServer.builder().clock(CLOCK::now).start();
    Sessions.makeKeyRing(server);
    backend = backend();
  }

  @AfterAll
  static void stop() {
    backend.close();
    server.close();
  }

  private static CapableBackend backend() {
    return new CapableBackend(
        GcpKmsBackend.over(
            Sessions.with(server, TAMPERING),
            BackendContext.of(
                new BackendSettings(BackendId.GCP_KMS, Map.of()),
                EnvironmentType.DEVELOPMENT,
                FakeEnvironment.empty(),
                CLOCK,
                new SecureRandom())));
  }

  @ParameterizedTest
  @CsvSource({"DISABLED, UpdateCryptoKeyVersion", "DESTROYED, DestroyCryptoKeyVersion"})
  void doesNotKnowWhatBecameOfAChange_whoseAnswerIsWrong(KeyState state, String method)
      throws Exception {
    KeyVersionRef key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    TAMPERING.responses(
        method,
        answer ->
            ((CryptoKeyVersion) answer)
                .toBuilder().setState(CryptoKeyVersionState.ENABLED).build());

    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> backend.changeState(key, state, call()));
    TAMPERING.stop();

    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(backend.load(key.name(), call()).versions())
        .extracting(KeyVersion::state)
        .containsExactly(state);
  }

  @Test
  void usesNoSignatureOfADigest_ofWhichABitChanged() throws Exception {
    KeyVersionRef key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    Digest digest = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);
    Attempt sign = () -> backend.sign(key, digest, call());
    requireNoneUsed(
        "AsymmetricSign",
        AsymmetricSignResponse.getDescriptor(),
        Set.of("verified_data_crc32c"),
        sign);
    requireNoneSigned(key, digest, Set.of("data", "data_crc32c"));
  }

  private static void requireNoneSigned(
      KeyVersionRef key, SigningInput input, Set<String> otherKind) {
    for (FieldDescriptor field : fields(AsymmetricSignRequest.getDescriptor(), otherKind)) {
      requireRefused("AsymmetricSign", field, true, () -> backend.sign(key, input, call()));
    }
  }

  @Test
  void usesNoPublicKey_ofWhichABitChanged() throws Exception {
    KeyName name = key(SigningAlgorithm.ECDSA_P256_SHA256).name();
    requireNoneUsed(
        "GetPublicKey",
        PublicKey.getDescriptor(),
        Set.of(),
        () -> {
          try (CapableBackend fresh = backend()) {
            return known(fresh.load(name, call()));
          }
        });
  }

  /** What is shown of a version without its public key is no use of it. */
  private static KeySnapshot known(KeySnapshot read) throws BackendFailure {
    Optional<String> fault = read.versions().get(0).publicKeyFault();
    if (fault.isPresent()) {
      throw BackendFailure.permanent(FailureCode.CORRUPT, fault.get());
    }
    return read;
  }

  @Test
  void wrapsNothing_whenABitChanged() throws Exception {
    KeyVersionRef kek = key(WrappingAlgorithm.AES_256_GCM);
    Attempt wrap = () -> backend.wrap(kek, dataKey(), call());
    requireNoneUsed("Encrypt", EncryptResponse.getDescriptor(), Set.of(), wrap);
    for (FieldDescriptor field : fields(EncryptRequest.getDescriptor(), Set.of())) {
      requireRefused("Encrypt", field, true, wrap);
    }
  }

  @Test
  void opensNothing_whenABitChanged() throws Exception {
    KeyVersionRef kek = key(WrappingAlgorithm.AES_256_GCM);
    Bytes wrapped = backend.wrap(kek, dataKey(), call());
    Attempt unwrap = () -> backend.unwrap(kek, wrapped, call());
    requireNoneUsed("Decrypt", DecryptResponse.getDescriptor(), Set.of(), unwrap);
    for (FieldDescriptor field : fields(DecryptRequest.getDescriptor(), Set.of())) {
      requireRefused("Decrypt", field, true, unwrap);
    }
  }

  @Test
  void opensNothingByRsa_whenABitChanged() throws Exception {
    KeyVersionRef kek = key(WrappingAlgorithm.RSA_OAEP_3072_SHA256);
    Bytes wrapped = backend.wrap(kek, dataKey(), call());
    Attempt unwrap = () -> backend.unwrap(kek, wrapped, call());
    requireNoneUsed(
        "AsymmetricDecrypt", AsymmetricDecryptResponse.getDescriptor(), Set.of(), unwrap);
    for (FieldDescriptor field : fields(AsymmetricDecryptRequest.getDescriptor(), Set.of())) {
      requireRefused("AsymmetricDecrypt", field, true, unwrap);
    }
  }

  @FunctionalInterface
  private interface Attempt {
    Object make() throws BackendFailure;
  }

  private static void requireNoneUsed(
      String method, Descriptor answer, Set<String> unused, Attempt attempt) {
    for (FieldDescriptor field : fields(answer, unused)) {
      requireRefused(method, field, false, attempt);
    }
  }

  private static List<FieldDescriptor> fields(Descriptor message, Set<String> unused) {
    return message.getFields().stream()
        .filter(field -> !UNUSED.contains(field.getName()) && !unused.contains(field.getName()))
        .toList();
  }

  /** Every corruption of the field, one call each. */
  private static void requireRefused(
      String method, FieldDescriptor field, boolean inRequest, Attempt attempt) {
    List<Message> corrupted = new ArrayList<>();
    tamper(
        method,
        inRequest,
        message -> {
          corrupted.addAll(Tampering.corruptions(message, field));
          return message;
        });
    try {
      // As it is: nothing was changed yet.
      assertThat(attempt.make()).isNotNull();
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
    assertThat(corrupted).as(field.getFullName()).hasSizeGreaterThan(1);
    for (Message wrong : List.copyOf(corrupted)) {
      if (inRequest && !wrong.hasField(field) && field.getName().endsWith("_crc32c")) {
        // Without a checksum, what it was of came as it was sent.
        continue;
      }
      tamper(method, inRequest, message -> wrong);
      assertThat(used(field, inRequest, attempt))
          .as("%s: %s", field.getFullName(), wrong)
          .isFalse();
    }
    TAMPERING.stop();
  }

  /** A signature that says that another version made it is one that the engine refuses. */
  private static boolean used(FieldDescriptor field, boolean inRequest, Attempt attempt) {
    try {
      Object result = attempt.make();
      return !(result instanceof RawSignature signature)
          || !field.getName().equals("name")
          || signature.version().value().equals("1");
    } catch (BackendFailure e) {
      if (!inRequest) {
        assertThat(e.code()).as(field.getFullName()).isEqualTo(FailureCode.CORRUPT);
      }
      return false;
    }
  }

  private static void tamper(
      String method, boolean inRequest, java.util.function.UnaryOperator<Message> change) {
    if (inRequest) {
      TAMPERING.requests(method, change);
    } else {
      TAMPERING.responses(method, change);
    }
  }

  private static KeyVersionRef key(KeyAlgorithm algorithm) throws BackendFailure {
    TAMPERING.stop();
    KeySnapshot key =
        backend.create(
            CreateRequest.of(
                KeyName.of("integrity-" + NAMES.incrementAndGet()),
                algorithm,
                RotationInterval.NEVER,
                EnvironmentType.DEVELOPMENT,
                "op-" + NAMES.get()),
            call());
    return key.ref(key.active().orElseThrow());
  }

  private static SecretBytes dataKey() {
    return SecretBytes.takeOver(new byte[32]);
  }

  private static CallContext call() {
    return CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(30), CLOCK), CLOCK);
  }
}
