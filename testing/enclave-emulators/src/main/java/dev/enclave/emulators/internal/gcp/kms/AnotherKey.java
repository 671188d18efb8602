package dev.enclave.emulators.internal.gcp.kms;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.internal.gcp.kms.model.Algorithm;
import dev.enclave.emulators.internal.gcp.kms.model.Signatures;
import dev.enclave.emulators.internal.gcp.kms.use.Signing;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Signs, and puts a good signature of another key of the same kind, with its checksum, in place of
 * the right one.
 */
public final class AnotherKey implements FaultDialect.WrongAnswer {

  private final SecureRandom random = new SecureRandom();
  private final Map<Algorithm, Material> others = new ConcurrentHashMap<>();

  @Override
  public ServiceResponse to(ServiceRequest request, Service service) {
    if (!request.operation().equals("AsymmetricSign")) {
      return service.handle(request);
    }
    try {
      AsymmetricSignRequest asked = AsymmetricSignRequest.parseFrom(request.body());
      Optional<Algorithm> algorithm = algorithmOf(asked.getName(), request, service);
      ServiceResponse right = service.handle(request);
      return right.status() == 200 && algorithm.isPresent()
          ? right.withBody(wrong(algorithm.get(), asked, right.body()))
          : right;
    } catch (InvalidProtocolBufferException e) {
      return service.handle(request);
    }
  }

  private static Optional<Algorithm> algorithmOf(
      String name, ServiceRequest request, Service service) throws InvalidProtocolBufferException {
    byte[] question = GetCryptoKeyVersionRequest.newBuilder().setName(name).build().toByteArray();
    ServiceResponse answer =
        service.handle(request.named("GetCryptoKeyVersion").withBody(question));
    return answer.status() == 200
        ? Algorithm.of(CryptoKeyVersion.parseFrom(answer.body()).getAlgorithm())
        : Optional.empty();
  }

  private byte[] wrong(Algorithm algorithm, AsymmetricSignRequest asked, byte[] right)
      throws InvalidProtocolBufferException {
    Material other = others.computeIfAbsent(algorithm, kind -> kind.generate(random));
    ByteString signature =
        ByteString.copyFrom(
            Signatures.sign(algorithm, other, Signing.input(algorithm, asked), random));
    return AsymmetricSignResponse.parseFrom(right).toBuilder()
        .setSignature(signature)
        .setSignatureCrc32C(Crc32c.of(signature))
        .build()
        .toByteArray();
  }
}
