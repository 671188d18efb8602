package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of the JDK's and of Bouncy Castle's, in the clear and in transfer blobs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyVaultImportTest {

  private static final byte[] MESSAGE = "pay".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MESSAGE_KEY = new byte[16];
  private static final BouncyCastleProvider BC = new BouncyCastleProvider();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private AzureKeyVaultServer server;
  private KeyClient keys;
  private RawVault raw;
  private KeyVaultKey exchangeKey;

  @BeforeAll
  void start() {
    server = AzureKeyVaultServer.builder().start();
    keys = AzureClients.keys(server);
    raw = new RawVault(server);
    exchangeKey = exchangeKey("kek");
  }

  private KeyVaultKey exchangeKey(String name) {
    return keys.createRsaKey(
        new CreateRsaKeyOptions(name)
            .setHardwareProtected(true)
            .setKeyOperations(KeyOperation.IMPORT));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void importsAnEcKey_asAJsonWebKey() throws Exception {
    KeyPair pair = ec("secp256r1");
    KeyVaultKey imported =
        keys.importKey(
            new ImportKeyOptions("ec", JsonWebKey.fromEc(pair, BC, signing()))
                .setHardwareProtected(true));

    assertThat(imported.getKeyType()).isEqualTo(KeyType.EC_HSM);
    assertVerified(pair, imported, SignatureAlgorithm.ES256, "SHA256withPLAIN-ECDSA");
  }

  @Test
  void importsAnRsaKey_asAJsonWebKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    KeyVaultKey imported = keys.importKey("rsa", JsonWebKey.fromRsa(pair, signing()));

    assertThat(imported.getKeyType()).isEqualTo(KeyType.RSA);
    assertVerified(pair, imported, SignatureAlgorithm.RS256, "SHA256withRSA");
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, P-256, ES256, SHA256withPLAIN-ECDSA",
    "secp521r1, P-521, ES512, SHA512withPLAIN-ECDSA",
    "secp256k1, P-256K, ES256K, SHA256withPLAIN-ECDSA"
  })
  void importsAnEcKey_fromATransferBlob(String curve, String crv, String algorithm, String jca)
      throws Exception {
    KeyPair pair = ec(curve);
    HttpResponse<String> answer =
        importBlob(
            "byok-" + crv,
            "\"kty\":\"EC-HSM\",\"crv\":\"" + crv + "\"",
            blob(exchangeKey.getId(), wrapped(pair.getPrivate().getEncoded(), exchangeKey)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

    assertVerified(pair, keys.getKey("byok-" + crv), SignatureAlgorithm.fromString(algorithm), jca);
  }

  @Test
  void importsAnRsaKey_fromATransferBlob() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(3072);
    KeyPair pair = generator.generateKeyPair();
    HttpResponse<String> answer =
        importBlob(
            "byok-rsa",
            "\"kty\":\"RSA-HSM\"",
            blob(exchangeKey.getId(), wrapped(pair.getPrivate().getEncoded(), exchangeKey)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

    assertVerified(pair, keys.getKey("byok-rsa"), SignatureAlgorithm.RS256, "SHA256withRSA");
  }

  @Test
  void aManagedHsmImportsAnAesKey_fromATransferBlob() throws Exception {
    byte[] key = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    try (AzureKeyVaultServer hsm = AzureKeyVaultServer.builder().managedHsm().start()) {
      KeyVaultKey kek =
          AzureClients.keys(hsm)
              .createRsaKey(
                  new CreateRsaKeyOptions("kek")
                      .setHardwareProtected(true)
                      .setKeyOperations(KeyOperation.IMPORT));
      RawVault rawHsm = new RawVault(hsm);
      HttpResponse<String> answer =
          rawHsm.send(
              "PUT",
              "/keys/aes",
              "{\"key\":{\"kty\":\"oct-HSM\",\"key_hsm\":\""
                  + Base64.getEncoder()
                      .encodeToString(
                          blob(kek.getId(), wrapped(key, kek)).getBytes(StandardCharsets.UTF_8))
                  + "\"}}",
              "Authorization",
              "Bearer " + rawHsm.token("https://managedhsm.azure.net"));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      byte[] wrapped =
          AzureClients.cryptography(hsm, AzureClients.keys(hsm).getKey("aes").getId())
              .wrapKey(KeyWrapAlgorithm.A256KW, MESSAGE_KEY)
              .getEncryptedKey();

      Cipher cipher = Cipher.getInstance("AESWrap", BC);
      cipher.init(Cipher.UNWRAP_MODE, new SecretKeySpec(key, "AES"));
      assertThat(cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded())
          .isEqualTo(MESSAGE_KEY);
    }
  }

  @Test
  void refusesABlob_forAKeyOfAnotherUse() throws Exception {
    KeyVaultKey other =
        keys.createRsaKey(new CreateRsaKeyOptions("other").setHardwareProtected(true));

    assertForbidden(
        importBlob(
            "x",
            EC,
            blob(other.getId(), wrapped(ec("secp256r1").getPrivate().getEncoded(), other))));
  }

  @Test
  void refusesABlob_forAKeyOfAnotherVault() throws Exception {
    assertRefused(
        importBlob(
            "x",
            EC,
            blob(
                "https://other.vault.azure.net/keys/kek/0",
                wrapped(ec("secp256r1").getPrivate().getEncoded(), exchangeKey))));
  }

  @Test
  void refusesABlob_madeForAnotherKey() throws Exception {
    KeyVaultKey second = exchangeKey("second");

    assertRefused(
        importBlob(
            "x",
            EC,
            blob(exchangeKey.getId(), wrapped(ec("secp256r1").getPrivate().getEncoded(), second))));
  }

  @Test
  void refusesABlob_ofAnotherKindOrCurve() throws Exception {
    String blob =
        blob(exchangeKey.getId(), wrapped(ec("secp256r1").getPrivate().getEncoded(), exchangeKey));

    assertRefused(importBlob("x", "\"kty\":\"RSA-HSM\"", blob));
    assertRefused(importBlob("x", "\"kty\":\"EC-HSM\",\"crv\":\"P-384\"", blob));
    assertRefused(importBlob("x", "\"kty\":\"EC\",\"crv\":\"P-256\"", blob));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"schema_version\":\"2.0.0\"|\"schema_version\":\"1.0.0\"",
        "\"alg\":\"RSA\"|\"alg\":\"dir\"",
        "\"enc\":\"CKM_RSA_PKCS_OAEP\"|\"enc\":\"CKM_RSA_AES_KEY_WRAP\"",
        "\"ciphertext\":7,\"x\"|\"ciphertext\"",
        "nothing|{"
      })
  void refusesABlob_ofAnotherForm(String replacement) throws Exception {
    String[] parts = replacement.split("\\|", -1);
    String blob =
        blob(exchangeKey.getId(), wrapped(ec("secp256r1").getPrivate().getEncoded(), exchangeKey));

    assertRefused(importBlob("x", EC, blob.replace(parts[1], parts[0])));
  }

  @Test
  void refusesAWebKey_whosePartsDoNotBelongTogether() throws Exception {
    JsonWebKey mixed =
        JsonWebKey.fromEc(ec("secp256r1"), BC, signing())
            .setD(JsonWebKey.fromEc(ec("secp256r1"), BC, signing()).getD());

    KeyVaultRefusals.assertRefused(() -> keys.importKey("mixed", mixed), 400, "BadParameter");
  }

  @Test
  void aKeyExchangeKeyKeepsItsOperation() throws Exception {
    String path = "/keys/kek/" + exchangeKey.getProperties().getVersion();

    assertRefused(raw.send("PATCH", path, "{\"key_ops\":[\"sign\"]}"));
    KeyVaultRefusals.assertRefused(
        () ->
            AzureClients.cryptography(server, exchangeKey.getId())
                .sign(SignatureAlgorithm.RS256, new byte[32]),
        403,
        "Forbidden",
        "KeyOperationForbidden");
  }

  private static final String EC = "\"kty\":\"EC-HSM\",\"crv\":\"P-256\"";

  private static KeyPair ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BC);
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static List<KeyOperation> signing() {
    return List.of(KeyOperation.SIGN, KeyOperation.VERIFY);
  }

  /** CKM_RSA_AES_KEY_WRAP, by the JDK's OAEP and Bouncy Castle's key wrap with padding. */
  private static byte[] wrapped(byte[] pkcs8, KeyVaultKey kek) throws Exception {
    byte[] aes = new byte[32];
    Arrays.fill(aes, (byte) 7);
    RSAPublicKey publicKey = (RSAPublicKey) kek.getKey().toRsa().getPublic();
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        publicKey,
        new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT));
    byte[] outer = oaep.doFinal(aes);
    Cipher kwp = Cipher.getInstance("AESWrapPad", BC);
    kwp.init(Cipher.WRAP_MODE, new SecretKeySpec(aes, "AES"));
    byte[] inner = kwp.wrap(new SecretKeySpec(pkcs8, "any"));
    byte[] all = Arrays.copyOf(outer, outer.length + inner.length);
    System.arraycopy(inner, 0, all, outer.length, inner.length);
    return all;
  }

  private static String blob(String kid, byte[] ciphertext) {
    return "{\"schema_version\":\"1.0.0\",\"header\":{\"kid\":\""
        + kid
        + "\",\"alg\":\"dir\",\"enc\":\"CKM_RSA_AES_KEY_WRAP\"},\"ciphertext\":\""
        + BASE64.encodeToString(ciphertext)
        + "\",\"generator\":\"a test\"}";
  }

  private HttpResponse<String> importBlob(String name, String members, String blob)
      throws Exception {
    return raw.send(
        "PUT",
        "/keys/" + name,
        "{\"key\":{"
            + members
            + ",\"key_ops\":[\"sign\",\"verify\"],\"key_hsm\":\""
            + BASE64.encodeToString(blob.getBytes(StandardCharsets.UTF_8))
            + "\"},\"attributes\":{\"enabled\":true}}");
  }

  private void assertVerified(
      KeyPair pair, KeyVaultKey key, SignatureAlgorithm algorithm, String jca) throws Exception {
    String hash = algorithm.equals(SignatureAlgorithm.ES512) ? "SHA-512" : "SHA-256";
    byte[] signature =
        AzureClients.cryptography(server, key.getId())
            .sign(algorithm, MessageDigest.getInstance(hash).digest(MESSAGE))
            .getSignature();
    Signature verifier = Signature.getInstance(jca, BC);
    verifier.initVerify(pair.getPublic());
    verifier.update(MESSAGE);
    assertThat(verifier.verify(signature)).isTrue();
  }

  private static void assertForbidden(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(RawVault.flat(answer.body()))
        .containsEntry("error.innererror.code", "KeyOperationForbidden");
  }

  private static void assertRefused(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(RawVault.flat(answer.body())).containsEntry("error.code", "BadParameter");
  }
}
