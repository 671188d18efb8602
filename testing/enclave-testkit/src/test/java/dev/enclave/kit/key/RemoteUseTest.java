package dev.enclave.kit.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.kit.Refusals;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a service encrypts by turning bits is enough to see what is released, and what is wiped. */
class RemoteUseTest {

  private static final Refusals REFUSALS = new Refusals(BackendId.of("remote"), "Remote KMS");

  private final MutableClock clock = new MutableClock();
  private final CallContext call =
      CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(5), clock), clock);
  private final Service service = new Service();

  private static final class Service extends RemoteUse {

    private int requests;
    private boolean damages;
    private boolean looksAgain = true;
    private int more;
    private Optional<BackendFailure> failure = Optional.empty();
    private byte[] given = new byte[0];

    Service() {
      super(REFUSALS, 32, 32);
    }

    @Override
    protected boolean named(KeyVersionRef ref) {
      return true;
    }

    @Override
    protected AlgorithmSupport support(KeyAlgorithm algorithm) {
      return AlgorithmSupport.messagesUpTo(algorithm, 3);
    }

    @Override
    protected RawSignature sign(KeyVersionRef ref, byte[] input, boolean digest, CallContext call) {
      requests++;
      return RawSignature.of(
          Bytes.of(turned(input)),
          digest ? SignatureEncoding.DER : SignatureEncoding.RAW,
          ref.version());
    }

    @Override
    protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call) {
      requests++;
      given = secret;
      return Bytes.of(Arrays.copyOf(turned(secret), secret.length + more));
    }

    @Override
    protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
        throws BackendFailure {
      requests++;
      if (failure.isPresent()) {
        throw failure.get();
      }
      return damages ? wrapped : turned(wrapped);
    }

    @Override
    protected boolean unopened(BackendFailure failure) {
      return failure.code() == FailureCode.REJECTED;
    }

    @Override
    protected boolean looksAgain(KeyVersionRef kek) {
      return looksAgain;
    }

    private static byte[] turned(byte[] bytes) {
      byte[] turned = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        turned[i] = (byte) ~bytes[i];
      }
      return turned;
    }
  }

  private static KeyVersionRef ref(KeyAlgorithm algorithm, KeyState state) {
    return KeyVersionRef.of(
        KeyName.of("kek"),
        KeyVersionId.of("1"),
        algorithm,
        state,
        StampReading.none(),
        "remote:kek/1");
  }

  private static KeyVersionRef kek() {
    return ref(WrappingAlgorithm.AES_256_GCM, KeyState.ACTIVE);
  }

  @Test
  void signsWhatTheServiceTakes_withAVersionThatMay() throws BackendFailure {
    KeyVersionRef signer = ref(SigningAlgorithm.ED25519, KeyState.ACTIVE);
    assertThat(service.sign(signer, Message.ofUtf8("pay"), call))
        .returns(SignatureEncoding.RAW, RawSignature::encoding)
        .returns(Bytes.of(Service.turned("pay".getBytes(US_ASCII))), RawSignature::value);
    assertThat(unsigned(signer, Message.ofUtf8("paid")).code()).isEqualTo(FailureCode.UNSUPPORTED);
    assertThat(
            unsigned(ref(SigningAlgorithm.ED25519, KeyState.VERIFY_ONLY), Message.ofUtf8("pay"))
                .code())
        .isEqualTo(FailureCode.INVALID_STATE);
    assertThat(unsigned(kek(), Message.ofUtf8("pay")))
        .returns(FailureCode.UNSUPPORTED, BackendFailure::code)
        .hasMessageContaining("cannot sign");
    assertThat(service.requests).isOne();
  }

  private BackendFailure unsigned(KeyVersionRef ref, SigningInput input) {
    return catchThrowableOfType(BackendFailure.class, () -> service.sign(ref, input, call));
  }

  private static SecretBytes dataKey() {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) 7);
    return SecretBytes.takeOver(bytes);
  }

  private BackendFailure refusal(KeyVersionRef kek) {
    try (SecretBytes dataKey = dataKey()) {
      return catchThrowableOfType(BackendFailure.class, () -> service.wrap(kek, dataKey, call));
    }
  }

  @Test
  void releasesWhatOpens_andWipesItsCopy() throws BackendFailure {
    try (SecretBytes dataKey = dataKey()) {
      Bytes wrapped = service.wrap(kek(), dataKey, call);
      assertThat(service.given).containsOnly(0);
      try (SecretBytes opened = service.unwrap(kek(), wrapped, call)) {
        assertThat(opened.exposeSecret()).isEqualTo(dataKey.exposeSecret());
      }
    }
  }

  @Test
  void withholdsWhatDoesNotOpen() {
    service.damages = true;
    assertThat(refusal(kek())).hasMessageContaining("does not open to the data key");
    assertThat(service.given).containsOnly(0);
    service.failure = Optional.of(BackendFailure.permanent(FailureCode.REJECTED, "Bad."));
    assertThat(refusal(kek()).code()).isEqualTo(FailureCode.CORRUPT);
  }

  /** What is released now and refused when it is wanted again is lost. */
  @Test
  void withholdsWhatItWouldNotUnwrap() {
    service.more = 1;
    service.looksAgain = false;
    BackendFailure refusal = refusal(kek());
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(refusal).hasMessageContaining("33 bytes");
    assertThat(service.requests).isOne();
  }

  @Test
  void asksNothing_ofAKeyOrAVersionThatDoesNotWrap() {
    assertThat(refusal(ref(SigningAlgorithm.ED25519, KeyState.ACTIVE)).code())
        .isEqualTo(FailureCode.UNSUPPORTED);
    assertThat(refusal(ref(WrappingAlgorithm.AES_256_GCM, KeyState.DISABLED)).code())
        .isEqualTo(FailureCode.INVALID_STATE);
    assertThat(service.requests).isZero();
  }

  @Test
  void asksNothing_ofWhatHasAnotherLength() {
    BackendFailure refusal =
        catchThrowableOfType(
            BackendFailure.class, () -> service.unwrap(kek(), Bytes.of(new byte[31]), call));
    assertThat(refusal.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(service.requests).isZero();
  }

  @Test
  void passesOtherFailuresOn() {
    service.failure =
        Optional.of(BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Not now."));
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> service.unwrap(kek(), Bytes.of(new byte[32]), call));
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
  }
}
