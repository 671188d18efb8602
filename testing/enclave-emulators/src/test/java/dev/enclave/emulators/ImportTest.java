package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** Key material wrapped by the JDK and Bouncy Castle's provider, as the developer guide says. */
class ImportTest {

  private static final Provider PROVIDER = new BouncyCastleProvider();

  private final ManualClock clock = new ManualClock();
  private final AwsKmsServer server =
      AwsKmsServer.builder().clock(clock).anySignatureTime().start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  static Stream<Arguments> wrappings() {
    return Stream.of(
        Arguments.of(
            KeySpec.ECC_NIST_P256, AlgorithmSpec.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048),
        Arguments.of(
            KeySpec.ECC_NIST_P384, AlgorithmSpec.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_3072),
        Arguments.of(
            KeySpec.ECC_NIST_P521,
            AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256,
            WrappingKeySpec.RSA_2048),
        Arguments.of(
            KeySpec.ECC_SECG_P256_K1,
            AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_1,
            WrappingKeySpec.RSA_2048),
        Arguments.of(
            KeySpec.ECC_NIST_EDWARDS25519,
            AlgorithmSpec.RSAES_OAEP_SHA_256,
            WrappingKeySpec.RSA_2048),
        Arguments.of(
            KeySpec.RSA_2048, AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256, WrappingKeySpec.RSA_2048));
  }

  @ParameterizedTest
  @MethodSource("wrappings")
  void importsAPrivateKey(KeySpec spec, AlgorithmSpec algorithm, WrappingKeySpec wrapping)
      throws Exception {
    String keyId = external(spec);
    KeyPair pair = generate(spec);
    assertThat(state(keyId)).isEqualTo(KeyState.PENDING_IMPORT);

    importInto(keyId, pair.getPrivate().getEncoded(), algorithm, wrapping);

    assertThat(state(keyId)).isEqualTo(KeyState.ENABLED);
    PublicKey published =
        KeyFactory.getInstance(pair.getPublic().getAlgorithm(), PROVIDER)
            .generatePublic(
                new X509EncodedKeySpec(
                    kms.getPublicKey(get -> get.keyId(keyId)).publicKey().asByteArray()));
    assertThat(published).isEqualTo(pair.getPublic());
  }

  @Test
  void refusesToSign_beforeTheImport() {
    String keyId = external(KeySpec.ECC_NIST_P256);

    assertRefused(
        () ->
            kms.sign(
                sign ->
                    sign.keyId(keyId)
                        .message(SdkBytes.fromUtf8String("m"))
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)),
        "KMSInvalidStateException",
        " is pending import.");
  }

  @Test
  void takesTheSameMaterialAgain_andNoOther() throws Exception {
    String keyId = external(KeySpec.ECC_NIST_P256);
    byte[] material = generate(KeySpec.ECC_NIST_P256).getPrivate().getEncoded();
    byte[] other = generate(KeySpec.ECC_NIST_P256).getPrivate().getEncoded();
    importInto(keyId, material);
    kms.deleteImportedKeyMaterial(delete -> delete.keyId(keyId));
    assertThat(state(keyId)).isEqualTo(KeyState.PENDING_IMPORT);

    assertRefused(() -> importInto(keyId, other), "IncorrectKeyMaterialException");
    importInto(keyId, material);

    assertThat(state(keyId)).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void refusesMaterial_ofAnotherSpec() throws Exception {
    String keyId = external(KeySpec.ECC_NIST_P256);
    byte[] material = generate(KeySpec.ECC_SECG_P256_K1).getPrivate().getEncoded();

    assertRefused(() -> importInto(keyId, material), "IncorrectKeyMaterialException");
  }

  @Test
  void refusesWrappings_thatTheReferenceExcludes() {
    String rsa = external(KeySpec.RSA_2048);
    String p521 = external(KeySpec.ECC_NIST_P521);

    assertRefused(
        () -> parameters(rsa, AlgorithmSpec.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_4096),
        "UnsupportedOperationException");
    assertRefused(
        () -> parameters(p521, AlgorithmSpec.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048),
        "UnsupportedOperationException");
  }

  @Test
  void refusesImport_intoAKeyOfItsOwn() {
    String keyId = kms.createKey().keyMetadata().keyId();

    assertRefused(
        () -> parameters(keyId, AlgorithmSpec.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048),
        "UnsupportedOperationException",
        "origin is AWS_KMS");
  }

  @Test
  void refusesATokenOfAnotherKey_andAnExpiredOne_andAnotherWrapping() throws Exception {
    String keyId = external(KeySpec.ECC_NIST_P256);
    String other = external(KeySpec.ECC_NIST_P256);
    byte[] material = generate(KeySpec.ECC_NIST_P256).getPrivate().getEncoded();
    GetParametersForImportResponse parameters =
        parameters(keyId, AlgorithmSpec.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048);
    byte[] wrapped = wrap(material, parameters, AlgorithmSpec.RSAES_OAEP_SHA_256);

    assertRefused(() -> importWrapped(other, parameters, wrapped), "InvalidImportTokenException");
    assertRefused(
        () -> importWrapped(keyId, parameters, new byte[256]), "InvalidCiphertextException");
    assertThat(parameters.parametersValidTo())
        .isBetween(
            clock.instant().plus(Duration.ofHours(23)), clock.instant().plus(Duration.ofHours(24)));
    clock.advance(Duration.ofHours(24));
    assertRefused(() -> importWrapped(keyId, parameters, wrapped), "ExpiredImportTokenException");
  }

  @Test
  void dropsMaterial_whenItExpires() throws Exception {
    String keyId = external(KeySpec.ECC_NIST_P256);
    byte[] material = generate(KeySpec.ECC_NIST_P256).getPrivate().getEncoded();
    GetParametersForImportResponse parameters =
        parameters(keyId, AlgorithmSpec.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048);
    Instant end = clock.instant().plus(Duration.ofDays(1));
    byte[] wrapped = wrap(material, parameters, AlgorithmSpec.RSAES_OAEP_SHA_256);
    kms.importKeyMaterial(
        request ->
            request
                .keyId(keyId)
                .importToken(parameters.importToken())
                .encryptedKeyMaterial(SdkBytes.fromByteArray(wrapped))
                .validTo(end));
    assertThat(state(keyId)).isEqualTo(KeyState.ENABLED);

    clock.advance(Duration.ofDays(1));

    assertThat(state(keyId)).isEqualTo(KeyState.PENDING_IMPORT);
  }

  private String external(KeySpec spec) {
    return kms.createKey(
            create ->
                create.keySpec(spec).keyUsage(KeyUsageType.SIGN_VERIFY).origin(OriginType.EXTERNAL))
        .keyMetadata()
        .keyId();
  }

  private KeyState state(String keyId) {
    return kms.describeKey(describe -> describe.keyId(keyId)).keyMetadata().keyState();
  }

  private void importInto(String keyId, byte[] material) throws Exception {
    importInto(keyId, material, AlgorithmSpec.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048);
  }

  private void importInto(
      String keyId, byte[] material, AlgorithmSpec algorithm, WrappingKeySpec wrapping)
      throws Exception {
    GetParametersForImportResponse parameters = parameters(keyId, algorithm, wrapping);
    importWrapped(keyId, parameters, wrap(material, parameters, algorithm));
  }

  private GetParametersForImportResponse parameters(
      String keyId, AlgorithmSpec algorithm, WrappingKeySpec wrapping) {
    return kms.getParametersForImport(
        get -> get.keyId(keyId).wrappingAlgorithm(algorithm).wrappingKeySpec(wrapping));
  }

  private void importWrapped(
      String keyId, GetParametersForImportResponse parameters, byte[] wrapped) {
    kms.importKeyMaterial(
        request ->
            request
                .keyId(keyId)
                .importToken(parameters.importToken())
                .encryptedKeyMaterial(SdkBytes.fromByteArray(wrapped))
                .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE));
  }

  private static byte[] wrap(
      byte[] material, GetParametersForImportResponse parameters, AlgorithmSpec algorithm)
      throws Exception {
    PublicKey wrappingKey =
        KeyFactory.getInstance("RSA")
            .generatePublic(new X509EncodedKeySpec(parameters.publicKey().asByteArray()));
    String hash = algorithm.toString().endsWith("SHA_1") ? "SHA-1" : "SHA-256";
    Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
    rsa.init(
        Cipher.ENCRYPT_MODE,
        wrappingKey,
        new OAEPParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
    if (algorithm.toString().startsWith("RSAES_OAEP")) {
      return rsa.doFinal(material);
    }
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(256);
    SecretKey aes = generator.generateKey();
    Cipher keyWrap = Cipher.getInstance("AES/KWP/NoPadding");
    keyWrap.init(Cipher.ENCRYPT_MODE, aes);
    byte[] first = rsa.doFinal(aes.getEncoded());
    byte[] second = keyWrap.doFinal(material);
    byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static KeyPair generate(KeySpec spec) throws Exception {
    String name = spec.toString();
    if (name.startsWith("RSA")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", PROVIDER);
      generator.initialize(2048);
      return generator.generateKeyPair();
    }
    if (name.contains("EDWARDS")) {
      return KeyPairGenerator.getInstance("Ed25519", PROVIDER).generateKeyPair();
    }
    String curve =
        switch (spec) {
          case ECC_NIST_P256 -> "secp256r1";
          case ECC_NIST_P384 -> "secp384r1";
          case ECC_NIST_P521 -> "secp521r1";
          default -> "secp256k1";
        };
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }
}
