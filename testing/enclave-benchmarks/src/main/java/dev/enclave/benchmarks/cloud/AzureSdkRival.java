package dev.enclave.benchmarks.cloud;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.benchmarks.rival.Rivals;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Microsoft's SDK used directly, over java.net.http, with what careful users add: every signature
 * the vault's and not this process's, and verified against the public key that was read once. P-256
 * alone.
 */
final class AzureSdkRival implements Rival {

  private static final int COORDINATE_BYTES = 32;

  private final byte[] message = Rivals.message();
  private final Path token;
  private final CryptographyClient key;
  private final SignatureVerifier verifier;

  private AzureSdkRival(Path token, KeyVaultKey made, CryptographyClient key) {
    this.token = token;
    this.key = key;
    this.verifier =
        SignatureVerifier.of(
            PublicKeyInfo.fromJwk(jwk(made.getKey()), SigningAlgorithm.ECDSA_P256_SHA256));
  }

  static AzureSdkRival open(RemoteCloud.Address address)
      throws IOException, GeneralSecurityException {
    Path token = Files.createTempFile("federated", "token");
    Files.writeString(token, text(address, AzureCloud.TOKEN));
    HttpClient http = http(text(address, AzureCloud.CERTIFICATE));
    TokenCredential identity =
        new WorkloadIdentityCredentialBuilder()
            .tenantId(address.variables().get(AzureCloud.TENANT))
            .clientId(address.variables().get(AzureCloud.CLIENT))
            .tokenFilePath(token.toString())
            .authorityHost(address.variables().get(AzureCloud.AUTHORITY))
            .disableInstanceDiscovery()
            .httpClient(http)
            .build();
    KeyClient keys =
        new KeyClientBuilder()
            .vaultUrl(address.setting(AzureCloud.VAULT_URL))
            .credential(identity)
            .httpClient(http)
            .disableChallengeResourceVerification()
            .buildClient();
    KeyVaultKey made =
        keys.createEcKey(
            new CreateEcKeyOptions(Rivals.newName())
                .setHardwareProtected(true)
                .setCurveName(KeyCurveName.P_256));
    return new AzureSdkRival(
        token,
        made,
        new CryptographyClientBuilder()
            .keyIdentifier(made.getId())
            .credential(identity)
            .httpClient(http)
            .disableChallengeResourceVerification()
            .disableKeyCaching()
            .buildClient());
  }

  private static String text(RemoteCloud.Address address, String path) {
    return Objects.requireNonNull(address.files().get(path), path);
  }

  private static HttpClient http(String certificate) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "server",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII))));
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return new JdkHttpClientBuilder(
            java.net.http.HttpClient.newBuilder()
                .version(java.net.http.HttpClient.Version.HTTP_1_1)
                .sslContext(context))
        .build();
  }

  private static String jwk(JsonWebKey key) {
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
        + coordinate(key.getX())
        + "\",\"y\":\""
        + coordinate(key.getY())
        + "\"}";
  }

  private static String coordinate(byte[] number) {
    byte[] padded = new byte[COORDINATE_BYTES];
    byte[] tail =
        number.length > COORDINATE_BYTES
            ? Arrays.copyOfRange(number, number.length - COORDINATE_BYTES, number.length)
            : number;
    System.arraycopy(tail, 0, padded, COORDINATE_BYTES - tail.length, tail.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(padded);
  }

  @Override
  public Work signing() {
    return () -> {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
      byte[] signature = key.sign(SignatureAlgorithm.ES256, digest).getSignature();
      return Rival.valid(
          verifier.verify(
              Digest.of(DigestAlgorithm.SHA_256, digest), signature, SignatureEncoding.P1363));
    };
  }

  @Override
  public Work verification() {
    throw new UnsupportedOperationException("only signing is compared");
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(token);
    } catch (IOException e) {
      throw new IllegalStateException("The token's file stays: " + token);
    }
  }
}
