package dev.enclave.benchmarks.cloud;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc.KeyManagementServiceBlockingStub;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.benchmarks.rival.Rivals;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.security.MessageDigest;

/**
 * Google's generated stub used directly over one channel, with what careful users add: the answer
 * verified against the public key that was read once. P-256 alone.
 */
final class GcpStubRival implements Rival {

  private final byte[] message = Rivals.message();
  private final ManagedChannel channel;
  private final KeyManagementServiceBlockingStub kms;
  private final String version;
  private final SignatureVerifier verifier;

  private GcpStubRival(ManagedChannel channel, String token, String keyRing) {
    this.channel = channel;
    String key = Rivals.newName();
    this.version = keyRing + "/cryptoKeys/" + key + "/cryptoKeyVersions/1";
    stub(token, "parent=" + keyRing)
        .createCryptoKey(
            CreateCryptoKeyRequest.newBuilder()
                .setParent(keyRing)
                .setCryptoKeyId(key)
                .setCryptoKey(
                    CryptoKey.newBuilder()
                        .setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN)
                        .setVersionTemplate(
                            CryptoKeyVersionTemplate.newBuilder()
                                .setProtectionLevel(ProtectionLevel.HSM)
                                .setAlgorithm(CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256)))
                .build());
    this.kms = stub(token, "name=" + version);
    String pem =
        kms.getPublicKey(GetPublicKeyRequest.newBuilder().setName(version).build()).getPem();
    this.verifier =
        SignatureVerifier.of(PublicKeyInfo.fromPem(pem, SigningAlgorithm.ECDSA_P256_SHA256));
  }

  static GcpStubRival open(RemoteCloud.Address address) {
    URI endpoint = URI.create(address.setting(GcpCloud.ENDPOINT));
    return new GcpStubRival(
        NettyChannelBuilder.forAddress(
                endpoint.getHost(), endpoint.getPort(), InsecureChannelCredentials.create())
            .build(),
        address.setting(GcpCloud.ACCESS_TOKEN),
        address.setting(GcpCloud.KEY_RING));
  }

  private KeyManagementServiceBlockingStub stub(String token, String routing) {
    Metadata headers = new Metadata();
    headers.put(header("authorization"), "Bearer " + token);
    headers.put(header("x-goog-request-params"), routing);
    return KeyManagementServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public Work signing() {
    return () -> {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
      byte[] signature =
          kms.asymmetricSign(
                  AsymmetricSignRequest.newBuilder()
                      .setName(version)
                      .setDigest(
                          com.google.cloud.kms.v1.Digest.newBuilder()
                              .setSha256(ByteString.copyFrom(digest)))
                      .build())
              .getSignature()
              .toByteArray();
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
    channel.shutdownNow();
  }
}
