package dev.enclave.benchmarks.cloud;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.benchmarks.rival.Rivals;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Base64;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/**
 * The AWS SDK used directly, with what careful users add: the answer verified against the public
 * key that was read once. P-256 alone.
 */
final class AwsSdkRival implements Rival {

  private static final int CONNECTIONS = 512;

  private final byte[] message = Rivals.message();
  private final SdkHttpClient http;
  private final KmsClient kms;
  private final String key;
  private final SignatureVerifier verifier;

  private AwsSdkRival(SdkHttpClient http, KmsClient kms) {
    this.http = http;
    this.kms = kms;
    this.key =
        kms.createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
            .keyMetadata()
            .arn();
    byte[] spki = kms.getPublicKey(r -> r.keyId(key)).publicKey().asByteArray();
    this.verifier =
        SignatureVerifier.of(PublicKeyInfo.fromPem(pem(spki), SigningAlgorithm.ECDSA_P256_SHA256));
  }

  static AwsSdkRival open(RemoteCloud.Address address) {
    SdkHttpClient http = Apache5HttpClient.builder().maxConnections(CONNECTIONS).build();
    KmsClient kms =
        KmsClient.builder()
            .httpClient(http)
            .endpointOverride(URI.create(address.setting(AwsCloud.ENDPOINT)))
            .region(Region.of(address.setting(AwsCloud.REGION)))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        address.setting(AwsCloud.ACCESS_KEY_ID),
                        address.setting(AwsCloud.SECRET_ACCESS_KEY))))
            .build();
    return new AwsSdkRival(http, kms);
  }

  private static String pem(byte[] spki) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(spki)
        + "\n-----END PUBLIC KEY-----\n";
  }

  @Override
  public Work signing() {
    return () -> {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
      byte[] signature =
          kms.sign(
                  r ->
                      r.keyId(key)
                          .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)
                          .messageType(MessageType.DIGEST)
                          .message(SdkBytes.fromByteArrayUnsafe(digest)))
              .signature()
              .asByteArray();
      return Rival.valid(
          verifier.verify(
              Digest.of(DigestAlgorithm.SHA_256, digest), signature, SignatureEncoding.DER));
    };
  }

  @Override
  public Work verification() {
    throw new UnsupportedOperationException("only signing is compared");
  }

  @Override
  public void close() {
    kms.close();
    http.close();
  }
}
