package dev.enclave.aws.campaign;

import dev.enclave.campaign.cloud.CloudAccount;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** The account as an administrator sees it, by AWS's own SDK and without Enclave. */
final class AwsAccount implements CloudAccount {

  private static final Pattern VERSION = Pattern.compile("alias/enclave/([^/]+)/[0-9]+");

  private final KmsClient kms;

  AwsAccount(Map<String, String> settings) {
    kms =
        KmsClient.builder()
            .endpointOverride(URI.create(settings.get("enclave.aws-kms.endpoint")))
            .region(Region.of(settings.get("enclave.aws-kms.region")))
            .httpClientBuilder(Apache5HttpClient.builder())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        settings.get("enclave.aws-kms.access-key-id"),
                        settings.get("enclave.aws-kms.secret-access-key"))))
            .build();
  }

  /** By {@code alias/enclave/NAME/1}; the alias without a number is a hint for people. */
  @Override
  public Map<String, Set<String>> claimed() {
    Map<String, Set<String>> claimed = new TreeMap<>();
    for (AliasListEntry alias : kms.listAliasesPaginator().aliases()) {
      Matcher version = VERSION.matcher(alias.aliasName());
      if (version.matches()) {
        String arn = alias.aliasArn().replaceFirst(":alias/.*", ":key/" + alias.targetKeyId());
        claimed.computeIfAbsent(version.group(1), name -> new TreeSet<>()).add(arn);
      }
    }
    return claimed;
  }

  @Override
  public Map<String, State> keys() {
    Map<String, State> keys = new HashMap<>();
    for (KeyListEntry key : kms.listKeysPaginator().keys()) {
      KeyMetadata metadata = kms.describeKey(r -> r.keyId(key.keyId())).keyMetadata();
      keys.put(
          metadata.arn(), metadata.keyState() == KeyState.ENABLED ? State.LIVE : State.RETIRED);
    }
    return keys;
  }

  /** By RSAES_OAEP_SHA_256. */
  @Override
  public String importP256(KeyPair pair) throws GeneralSecurityException {
    String arn =
        kms.createKey(
                r ->
                    r.origin(OriginType.EXTERNAL)
                        .keySpec(KeySpec.ECC_NIST_P256)
                        .keyUsage(KeyUsageType.SIGN_VERIFY))
            .keyMetadata()
            .arn();
    GetParametersForImportResponse parameters =
        kms.getParametersForImport(
            r ->
                r.keyId(arn)
                    .wrappingAlgorithm(AlgorithmSpec.RSAES_OAEP_SHA_256)
                    .wrappingKeySpec(WrappingKeySpec.RSA_3072));
    byte[] wrapped = wrapped(parameters.publicKey().asByteArray(), pair.getPrivate().getEncoded());
    kms.importKeyMaterial(
        r ->
            r.keyId(arn)
                .importToken(parameters.importToken())
                .encryptedKeyMaterial(SdkBytes.fromByteArray(wrapped))
                .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE));
    return arn;
  }

  private static byte[] wrapped(byte[] spki, byte[] pkcs8) throws GeneralSecurityException {
    PublicKey wrappingKey =
        KeyFactory.getInstance("RSA", "SunRsaSign").generatePublic(new X509EncodedKeySpec(spki));
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        wrappingKey,
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    return oaep.doFinal(pkcs8);
  }

  @Override
  public void close() {
    kms.close();
  }
}
