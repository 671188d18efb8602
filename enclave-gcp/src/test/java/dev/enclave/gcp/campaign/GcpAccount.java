package dev.enclave.gcp.campaign;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CreateImportJobRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc.KeyManagementServiceBlockingStub;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import dev.enclave.campaign.cloud.CloudAccount;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** The key ring as an administrator sees it, by Google's own stub and without Enclave. */
final class GcpAccount implements CloudAccount {

  /** Of keys that record which version is active; they have no versions. */
  private static final String RECORD = "_act_";

  private final String keyRing;
  private final ManagedChannel channel;
  private final String token;

  GcpAccount(Map<String, String> settings) {
    keyRing = setting(settings, GcpUnderTest.KEY_RING);
    token = setting(settings, GcpUnderTest.ACCESS_TOKEN);
    URI endpoint = URI.create(setting(settings, GcpUnderTest.ENDPOINT));
    channel =
        NettyChannelBuilder.forAddress(
                endpoint.getHost(), endpoint.getPort(), InsecureChannelCredentials.create())
            .build();
  }

  private static String setting(Map<String, String> settings, String name) {
    return Objects.requireNonNull(settings.get(name), name);
  }

  /** A version belongs to the name that its CryptoKey has. */
  @Override
  public Map<String, Set<String>> claimed() {
    Map<String, Set<String>> claimed = new TreeMap<>();
    for (CryptoKey key : cryptoKeys()) {
      String id = key.getName().substring(key.getName().lastIndexOf('/') + 1);
      if (!id.contains(RECORD)) {
        claimed.put(
            id, versions(key).stream().map(CryptoKeyVersion::getName).collect(Collectors.toSet()));
      }
    }
    return claimed;
  }

  @Override
  public Map<String, State> keys() {
    Map<String, State> states = new HashMap<>();
    for (CryptoKey key : cryptoKeys()) {
      for (CryptoKeyVersion version : versions(key)) {
        states.put(version.getName(), state(version));
      }
    }
    return states;
  }

  private static State state(CryptoKeyVersion version) {
    return switch (version.getState()) {
      case ENABLED -> State.LIVE;
      case DESTROYED -> State.DESTROYED;
      default -> State.RETIRED;
    };
  }

  private List<CryptoKey> cryptoKeys() {
    List<CryptoKey> keys = new ArrayList<>();
    String page = "";
    do {
      ListCryptoKeysResponse listed =
          kms(keyRing)
              .listCryptoKeys(
                  ListCryptoKeysRequest.newBuilder()
                      .setParent(keyRing)
                      .setPageSize(1_000)
                      .setPageToken(page)
                      .build());
      keys.addAll(listed.getCryptoKeysList());
      page = listed.getNextPageToken();
    } while (!page.isEmpty());
    return keys;
  }

  private List<CryptoKeyVersion> versions(CryptoKey key) {
    List<CryptoKeyVersion> versions = new ArrayList<>();
    String page = "";
    do {
      ListCryptoKeyVersionsResponse listed =
          kms(key.getName())
              .listCryptoKeyVersions(
                  ListCryptoKeyVersionsRequest.newBuilder()
                      .setParent(key.getName())
                      .setPageToken(page)
                      .build());
      versions.addAll(listed.getCryptoKeyVersionsList());
      page = listed.getNextPageToken();
    } while (!page.isEmpty());
    return versions;
  }

  /** By RSA_OAEP_3072_SHA256, into a CryptoKey without a version. */
  @Override
  public String importP256(KeyPair pair) throws GeneralSecurityException {
    CryptoKey key =
        kms(keyRing)
            .createCryptoKey(
                CreateCryptoKeyRequest.newBuilder()
                    .setParent(keyRing)
                    .setCryptoKeyId("known")
                    .setSkipInitialVersionCreation(true)
                    .setCryptoKey(
                        CryptoKey.newBuilder()
                            .setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN)
                            .setImportOnly(true)
                            .setVersionTemplate(
                                CryptoKeyVersionTemplate.newBuilder()
                                    .setProtectionLevel(ProtectionLevel.HSM)
                                    .setAlgorithm(CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256)))
                    .build());
    ImportJob job =
        kms(keyRing)
            .createImportJob(
                CreateImportJobRequest.newBuilder()
                    .setParent(keyRing)
                    .setImportJobId("known")
                    .setImportJob(
                        ImportJob.newBuilder()
                            .setImportMethod(ImportMethod.RSA_OAEP_3072_SHA256)
                            .setProtectionLevel(ProtectionLevel.HSM))
                    .build());
    return kms(key.getName())
        .importCryptoKeyVersion(
            ImportCryptoKeyVersionRequest.newBuilder()
                .setParent(key.getName())
                .setAlgorithm(CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256)
                .setImportJob(job.getName())
                .setWrappedKey(wrapped(job, pair.getPrivate().getEncoded()))
                .build())
        .getName();
  }

  private static ByteString wrapped(ImportJob job, byte[] pkcs8) throws GeneralSecurityException {
    String spki = job.getPublicKey().getPem().replaceAll("-----[A-Z ]+-----|\\s", "");
    PublicKey wrappingKey =
        KeyFactory.getInstance("RSA", "SunRsaSign")
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(spki)));
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        wrappingKey,
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    return ByteString.copyFrom(oaep.doFinal(pkcs8));
  }

  private KeyManagementServiceBlockingStub kms(String parent) {
    Metadata headers = new Metadata();
    headers.put(header("authorization"), "Bearer " + token);
    headers.put(header("x-goog-request-params"), "parent=" + parent);
    return KeyManagementServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
