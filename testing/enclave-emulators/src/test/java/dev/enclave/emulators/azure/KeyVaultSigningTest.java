package dev.enclave.emulators.azure;

import static dev.enclave.emulators.azure.KeyVaultRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Create, read and sign by the Azure SDK; its signatures are checked by the JDK. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyVaultSigningTest {

  private static final byte[] MESSAGE = "pay 1 to Ada".getBytes(StandardCharsets.UTF_8);
  private static final BouncyCastleProvider BC = new BouncyCastleProvider();

  private AzureKeyVaultServer server;
  private KeyClient keys;
  private KeyVaultKey rsa;

  @BeforeAll
  void start() {
    server = AzureKeyVaultServer.builder().start();
    keys = AzureClients.keys(server);
    rsa = keys.createRsaKey(new CreateRsaKeyOptions("rsa").setHardwareProtected(true));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void createsReadsAndSigns_withATokenOfTheManagedIdentity() throws Exception {
    KeyVaultKey created = ec("wallet", KeyCurveName.P_256);
    List<KeyProperties> versions = keys.listPropertiesOfKeyVersions("wallet").stream().toList();

    assertThat(created.getKeyType()).isEqualTo(KeyType.EC_HSM);
    assertThat(keys.getKey("wallet").getId()).isEqualTo(created.getId());
    assertThat(versions).extracting(KeyProperties::getId).containsExactly(created.getId());
  }

  @ParameterizedTest
  @CsvSource({
    "P-256, ES256, SHA-256, SHA256withECDSAinP1363Format, 64",
    "P-384, ES384, SHA-384, SHA384withECDSAinP1363Format, 96",
    "P-521, ES512, SHA-512, SHA512withECDSAinP1363Format, 132"
  })
  void signsOnTheCurvesOfNist(String curve, String algorithm, String hash, String jca, int length)
      throws Exception {
    KeyVaultKey key = ec("on-" + curve, KeyCurveName.fromString(curve));
    byte[] signature = sign(key, algorithm, hash);

    Signature verifier = Signature.getInstance(jca, "SunEC");
    verifier.initVerify(key.getKey().toEc().getPublic());
    verifier.update(MESSAGE);
    assertThat(signature).hasSize(length);
    assertThat(verifier.verify(signature)).isTrue();
  }

  @Test
  void signsOnSecp256k1() throws Exception {
    KeyVaultKey key = ec("on-k1", KeyCurveName.P_256K);
    byte[] signature = sign(key, "ES256K", "SHA-256");

    Signature verifier = Signature.getInstance("SHA256withPLAIN-ECDSA", BC);
    verifier.initVerify(key.getKey().toEc(false, BC).getPublic());
    verifier.update(MESSAGE);
    assertThat(signature).hasSize(64);
    assertThat(verifier.verify(signature)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"256, 32", "384, 48", "512, 64"})
  void signsWithRsa_inBothPaddings(String bits, int salt) throws Exception {
    Signature pkcs1 = Signature.getInstance("SHA" + bits + "withRSA", "SunRsaSign");
    pkcs1.initVerify(rsa.getKey().toRsa().getPublic());
    pkcs1.update(MESSAGE);
    assertThat(pkcs1.verify(sign(rsa, "RS" + bits, "SHA-" + bits))).isTrue();

    Signature pss = Signature.getInstance("RSASSA-PSS", "SunRsaSign");
    pss.setParameter(
        new PSSParameterSpec("SHA-" + bits, "MGF1", new MGF1ParameterSpec("SHA-" + bits), salt, 1));
    pss.initVerify(rsa.getKey().toRsa().getPublic());
    pss.update(MESSAGE);
    assertThat(pss.verify(sign(rsa, "PS" + bits, "SHA-" + bits))).isTrue();
  }

  @Test
  void leavesSAsItFalls_andKeepsLeadingZeros() throws Exception {
    KeyVaultKey key = ec("often", KeyCurveName.P_256);
    CryptographyClient client = AzureClients.cryptography(server, key.getId());
    BigInteger half =
        key.getKey().toEc().getPublic() instanceof java.security.interfaces.ECPublicKey ec
            ? ec.getParams().getOrder().shiftRight(1)
            : BigInteger.ZERO;
    int high = 0;
    for (int i = 0; i < 60; i++) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(new byte[] {(byte) i});
      byte[] signature = client.sign(SignatureAlgorithm.ES256, digest).getSignature();
      assertThat(signature).hasSize(64);
      high += new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)).compareTo(half) > 0 ? 1 : 0;
    }

    // Outside these bounds once in 10^9 runs.
    assertThat(high).isBetween(7, 53);
  }

  @Test
  void verifiesToo_whatItSigned_andNothingElse() throws Exception {
    KeyVaultKey key = ec("verifier", KeyCurveName.P_256);
    byte[] digest = digest("SHA-256");
    byte[] signature = sign(key, "ES256", "SHA-256");
    assertThat(verified(key, digest, signature)).isEqualTo("true");
    signature[63] ^= 1;
    assertThat(verified(key, digest, signature)).isEqualTo("false");
    assertThat(verified(key, digest, new byte[10])).isEqualTo("false");
  }

  /** The SDK would verify without asking. */
  private String verified(KeyVaultKey key, byte[] digest, byte[] signature) throws Exception {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    HttpResponse<String> response =
        new RawVault(server)
            .send(
                "POST",
                "/keys/" + key.getName() + "/" + key.getProperties().getVersion() + "/verify",
                "{\"alg\":\"ES256\",\"digest\":\""
                    + base64.encodeToString(digest)
                    + "\",\"value\":\""
                    + base64.encodeToString(signature)
                    + "\"}");
    return RawVault.flat(response.body()).getOrDefault("value", response.body());
  }

  @Test
  void namesTheVersionThatSigned_andTakesTheCurrentOneIfNoneIsNamed() throws Exception {
    KeyVaultKey first = ec("two", KeyCurveName.P_256);
    KeyVaultKey second = ec("two", KeyCurveName.P_256);
    byte[] digest = digest("SHA-256");

    assertThat(first.getId()).isNotEqualTo(second.getId());
    assertThat(
            AzureClients.cryptography(server, first.getId())
                .sign(SignatureAlgorithm.ES256, digest)
                .getKeyId())
        .isEqualTo(first.getId());
    HttpResponse<String> response =
        new RawVault(server)
            .send(
                "POST",
                "/keys/two/sign",
                "{\"alg\":\"ES256\",\"value\":\""
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(digest)
                    + "\"}");
    assertThat(RawVault.flat(response.body())).containsEntry("kid", second.getId());
  }

  @Test
  void refusesADigestOfAnotherLength() {
    assertRefused(
        () -> signer(rsa).sign(SignatureAlgorithm.RS256, new byte[48]), 400, "BadParameter");
    assertRefused(
        () -> signer(rsa).sign(SignatureAlgorithm.RS512, new byte[32]), 400, "BadParameter");
  }

  @Test
  void refusesAnAlgorithmOfAnotherKindOrCurve() {
    KeyVaultKey key = ec("curved", KeyCurveName.P_256);

    assertRefused(
        () -> signer(key).sign(SignatureAlgorithm.RS256, new byte[32]), 400, "BadParameter");
    assertRefused(
        () -> signer(key).sign(SignatureAlgorithm.ES256K, new byte[32]), 400, "BadParameter");
    assertRefused(
        () -> signer(rsa).sign(SignatureAlgorithm.ES256, new byte[32]), 400, "BadParameter");
    assertRefused(
        () -> signer(key).sign(SignatureAlgorithm.fromString("EdDSA"), new byte[32]),
        400,
        "BadParameter");
  }

  private KeyVaultKey ec(String name, KeyCurveName curve) {
    return keys.createEcKey(
        new CreateEcKeyOptions(name).setCurveName(curve).setHardwareProtected(true));
  }

  private byte[] sign(KeyVaultKey key, String algorithm, String hash) throws Exception {
    return signer(key).sign(SignatureAlgorithm.fromString(algorithm), digest(hash)).getSignature();
  }

  private CryptographyClient signer(KeyVaultKey key) {
    return AzureClients.cryptography(server, key.getId());
  }

  private static byte[] digest(String hash) throws Exception {
    return MessageDigest.getInstance(hash).digest(MESSAGE);
  }
}
