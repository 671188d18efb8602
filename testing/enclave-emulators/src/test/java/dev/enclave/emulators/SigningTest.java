package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GetPublicKeyResponse;
import software.amazon.awssdk.services.kms.model.InvalidKeyUsageException;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SignResponse;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

class SigningTest {

  private static final byte[] MESSAGE = "pay 3 to bob".getBytes(StandardCharsets.UTF_8);
  private static final Provider PROVIDER = new BouncyCastleProvider();

  private static AwsKmsServer server;
  private static KmsClient kms;

  @BeforeAll
  static void start() {
    server = AwsKmsServer.builder().start();
    kms = Clients.kms(server);
  }

  @AfterAll
  static void stop() {
    kms.close();
    server.close();
  }

  static Stream<Arguments> schemes() {
    return Stream.of(
            List.of(KeySpec.ECC_NIST_P256, "SHA256withECDSA"),
            List.of(KeySpec.ECC_NIST_P384, "SHA384withECDSA"),
            List.of(KeySpec.ECC_NIST_P521, "SHA512withECDSA"),
            List.of(KeySpec.ECC_SECG_P256_K1, "SHA256withECDSA"),
            List.of(KeySpec.ECC_NIST_EDWARDS25519, "Ed25519"),
            List.of(KeySpec.RSA_2048, "SHA256withRSA"))
        .map(pair -> Arguments.of(pair.get(0), pair.get(1)));
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void signsMessages_thatAnotherLibraryVerifies(KeySpec spec, String scheme) throws Exception {
    String keyId = create(spec);
    GetPublicKeyResponse published = kms.getPublicKey(get -> get.keyId(keyId));
    SigningAlgorithmSpec algorithm = published.signingAlgorithms().get(0);

    SignResponse signed =
        kms.sign(
            sign ->
                sign.keyId(keyId)
                    .message(SdkBytes.fromByteArray(MESSAGE))
                    .signingAlgorithm(algorithm));

    assertThat(signed.keyId()).isEqualTo(arn(keyId));
    assertThat(signed.signingAlgorithm()).isEqualTo(algorithm);
    assertThat(published.keySpec()).isEqualTo(spec);
    Signature verifier = Signature.getInstance(scheme, PROVIDER);
    verifier.initVerify(publicKey(published));
    verifier.update(MESSAGE);
    assertThat(verifier.verify(signed.signature().asByteArray())).isTrue();
    assertThat(
            kms.verify(
                    verify ->
                        verify
                            .keyId(keyId)
                            .message(SdkBytes.fromByteArray(MESSAGE))
                            .signature(signed.signature())
                            .signingAlgorithm(algorithm))
                .signatureValid())
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithmSpec.class,
      names = {"RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"})
  void saltsPss_withAsManyBytesAsTheHash(SigningAlgorithmSpec algorithm) throws Exception {
    String keyId = rsaKey();
    String hash = "SHA-" + algorithm.toString().substring("RSASSA_PSS_SHA_".length());
    MessageDigest digest = MessageDigest.getInstance(hash);

    SignResponse signed =
        kms.sign(
            sign ->
                sign.keyId(keyId)
                    .message(SdkBytes.fromByteArray(digest.digest(MESSAGE)))
                    .messageType(MessageType.DIGEST)
                    .signingAlgorithm(algorithm));

    Signature verifier = Signature.getInstance("RSASSA-PSS");
    verifier.setParameter(
        new PSSParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), digest.getDigestLength(), 1));
    verifier.initVerify(publicKey(kms.getPublicKey(get -> get.keyId(keyId))));
    verifier.update(MESSAGE);
    assertThat(verifier.verify(signed.signature().asByteArray())).isTrue();
  }

  @Test
  void leavesS_lowAndHigh() {
    String keyId = create(KeySpec.ECC_SECG_P256_K1);
    java.math.BigInteger half =
        new java.math.BigInteger(
                "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
            .shiftRight(1);

    List<Boolean> high =
        java.util.stream.IntStream.range(0, 64)
            .mapToObj(any -> sign(keyId, MESSAGE, SigningAlgorithmSpec.ECDSA_SHA_256))
            .map(signature -> sOf(signature).compareTo(half) > 0)
            .distinct()
            .toList();

    assertThat(high).containsExactlyInAnyOrder(true, false);
  }

  private static java.math.BigInteger sOf(byte[] der) {
    int rLength = der[3];
    int at = 4 + rLength;
    return new java.math.BigInteger(Arrays.copyOfRange(der, at + 2, at + 2 + der[at + 1]));
  }

  @Test
  void takes4096BytesOfMessage_andNotOneMore() {
    String keyId = create(KeySpec.ECC_NIST_P256);

    assertThat(sign(keyId, new byte[4096], SigningAlgorithmSpec.ECDSA_SHA_256)).isNotEmpty();
    assertRefused(
        () -> sign(keyId, new byte[4097], SigningAlgorithmSpec.ECDSA_SHA_256),
        "ValidationException",
        "at 'message' failed to satisfy constraint: Member must have length less than or equal to"
            + " 4096");
  }

  @Test
  void refusesADigest_ofAnotherLength() {
    String keyId = create(KeySpec.ECC_NIST_P256);

    assertRefused(
        () ->
            kms.sign(
                sign ->
                    sign.keyId(keyId)
                        .message(SdkBytes.fromByteArray(new byte[48]))
                        .messageType(MessageType.DIGEST)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)),
        "ValidationException",
        "Digest is invalid length for algorithm ECDSA_SHA_256.");
  }

  @Test
  void refusesAnAlgorithm_thatIsNotTheKeySpecs() {
    String keyId = create(KeySpec.ECC_NIST_P256);

    assertThatThrownBy(() -> sign(keyId, MESSAGE, SigningAlgorithmSpec.ECDSA_SHA_384))
        .isInstanceOf(InvalidKeyUsageException.class)
        .hasMessageContaining("ECDSA_SHA_384 and key spec ECC_NIST_P256 are incompatible");
  }

  @Test
  void refusesToSign_withAnEncryptionKey() {
    String keyId =
        kms.createKey(
                create -> create.keySpec(KeySpec.RSA_2048).keyUsage(KeyUsageType.ENCRYPT_DECRYPT))
            .keyMetadata()
            .keyId();

    assertThatThrownBy(() -> sign(keyId, MESSAGE, SigningAlgorithmSpec.RSASSA_PSS_SHA_256))
        .isInstanceOf(InvalidKeyUsageException.class);
  }

  @Test
  void signsPureEd25519_onlyRaw() {
    String keyId = create(KeySpec.ECC_NIST_EDWARDS25519);

    assertThat(sign(keyId, MESSAGE, SigningAlgorithmSpec.ED25519_SHA_512)).hasSize(64);
    assertRefused(
        () -> signDigest(keyId, new byte[64], SigningAlgorithmSpec.ED25519_SHA_512),
        "ValidationException",
        "MessageType DIGEST");
  }

  @Test
  void signsPrehashedEd25519_onlyDigests_whichItHashesAgain() throws Exception {
    String keyId = create(KeySpec.ECC_NIST_EDWARDS25519);
    byte[] digest = MessageDigest.getInstance("SHA-512").digest(MESSAGE);

    byte[] signature = signDigest(keyId, digest, SigningAlgorithmSpec.ED25519_PH_SHA_512);

    byte[] spki = kms.getPublicKey(get -> get.keyId(keyId)).publicKey().asByteArray();
    var verifier = new org.bouncycastle.crypto.signers.Ed25519phSigner(new byte[0]);
    verifier.init(
        false,
        new org.bouncycastle.crypto.params.Ed25519PublicKeyParameters(spki, spki.length - 32));
    verifier.update(digest, 0, digest.length);
    assertThat(verifier.verifySignature(signature)).isTrue();
    assertRefused(
        () -> sign(keyId, MESSAGE, SigningAlgorithmSpec.ED25519_PH_SHA_512),
        "ValidationException",
        "MessageType RAW");
  }

  @Test
  void failsVerification_ofAnotherMessage() {
    String keyId = create(KeySpec.ECC_NIST_P256);
    byte[] signature = sign(keyId, MESSAGE, SigningAlgorithmSpec.ECDSA_SHA_256);

    assertThatThrownBy(
            () ->
                kms.verify(
                    verify ->
                        verify
                            .keyId(keyId)
                            .message(SdkBytes.fromUtf8String("pay 4 to bob"))
                            .signature(SdkBytes.fromByteArray(signature))
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)))
        .isInstanceOf(KmsInvalidSignatureException.class);
  }

  @Test
  void answersADryRun_withoutSigning() {
    String keyId = create(KeySpec.ECC_NIST_P256);

    assertThatThrownBy(
            () ->
                kms.sign(
                    sign ->
                        sign.keyId(keyId)
                            .message(SdkBytes.fromByteArray(MESSAGE))
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)
                            .dryRun(true)))
        .isInstanceOfSatisfying(
            software.amazon.awssdk.services.kms.model.DryRunOperationException.class,
            error -> assertThat(error.statusCode()).isEqualTo(412));
  }

  private static String create(KeySpec spec) {
    return kms.createKey(create -> create.keySpec(spec).keyUsage(KeyUsageType.SIGN_VERIFY))
        .keyMetadata()
        .keyId();
  }

  private static String rsaKey() {
    return create(KeySpec.RSA_2048);
  }

  private static byte[] sign(String keyId, byte[] message, SigningAlgorithmSpec algorithm) {
    return kms.sign(
            sign ->
                sign.keyId(keyId)
                    .message(SdkBytes.fromByteArray(message))
                    .signingAlgorithm(algorithm))
        .signature()
        .asByteArray();
  }

  private static byte[] signDigest(String keyId, byte[] digest, SigningAlgorithmSpec algorithm) {
    return kms.sign(
            sign ->
                sign.keyId(keyId)
                    .message(SdkBytes.fromByteArray(digest))
                    .messageType(MessageType.DIGEST)
                    .signingAlgorithm(algorithm))
        .signature()
        .asByteArray();
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String name, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KmsException.class,
            error -> {
              assertThat(error.awsErrorDetails().errorCode()).isEqualTo(name);
              assertThat(error.statusCode()).isEqualTo(400);
              assertThat(error.requestId()).isNotBlank();
            })
        .hasMessageContaining(message);
  }

  private static String arn(String keyId) {
    return "arn:aws:kms:eu-west-1:111122223333:key/" + keyId;
  }

  private static PublicKey publicKey(GetPublicKeyResponse published) throws Exception {
    String algorithm =
        published.keySpecAsString().startsWith("RSA")
            ? "RSA"
            : published.keySpecAsString().contains("EDWARDS") ? "Ed25519" : "EC";
    return KeyFactory.getInstance(algorithm, PROVIDER)
        .generatePublic(new X509EncodedKeySpec(published.publicKey().asByteArray()));
  }
}
