package dev.enclave.emulators.internal.gcp.kms.use;

import com.google.cloud.kms.v1.GenerateRandomBytesRequest;
import com.google.cloud.kms.v1.GenerateRandomBytesResponse;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;

/** service.proto, GenerateRandomBytes: 8 to 1024 bytes, from an HSM only. */
public final class RandomBytes {

  private static final int FEWEST = 8;
  private static final int MOST = 1024;

  private final Shared shared;

  public RandomBytes(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "GenerateRandomBytes",
        GenerateRandomBytesRequest.getDefaultInstance(),
        this::generate);
  }

  private Message generate(Call call, GenerateRandomBytesRequest request) {
    String location = shared.location("location", request.getLocation());
    call.require("cloudkms.locations.generateRandomBytes", location);
    if (request.getLengthBytes() < FEWEST || request.getLengthBytes() > MOST) {
      throw GcpFailure.invalid("The length_bytes field must be between 8 and 1024.");
    }
    if (request.getProtectionLevel() != ProtectionLevel.HSM) {
      throw GcpFailure.invalid("The protection_level field must be HSM.");
    }
    byte[] bytes = new byte[request.getLengthBytes()];
    shared.random().nextBytes(bytes);
    ByteString data = ByteString.copyFrom(bytes);
    return GenerateRandomBytesResponse.newBuilder()
        .setData(data)
        .setDataCrc32C(Crc32c.of(data))
        .build();
  }
}
