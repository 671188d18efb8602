package dev.enclave.emulators.gcp;

import static dev.enclave.emulators.gcp.GcpRefusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.emulators.GcpKmsServer;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpQuotasTest {

  private static final long BEGINNING = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

  private final AtomicLong seconds = new AtomicLong(BEGINNING);
  private final GcpKmsServer server =
      GcpKmsServer.builder()
          .clock(() -> Instant.ofEpochSecond(seconds.get()))
          .requestQuotas(2, 1, 1)
          .start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void eachKindOfRequestHasAQuotaOfItsOwn_aMinute() {
    String ring = GcpKeys.ring(kms, server).getName();
    kms.getKeyRing(ring);
    kms.getKeyRing(ring);
    kms.generateRandomBytes(server.locationName(), 8, ProtectionLevel.HSM);

    ApiException refused = refusal(() -> kms.getKeyRing(ring));

    assertThat(refused.getStatusCode().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getReason()).isEqualTo("RATE_LIMIT_EXCEEDED");
    assertThat(refused.getMetadata())
        .containsEntry("consumer", "projects/emulated")
        .containsEntry("quota_limit_value", "2");
    assertThat(
            refusal(() -> kms.generateRandomBytes(server.locationName(), 8, ProtectionLevel.HSM))
                .getStatusCode()
                .getCode())
        .isEqualTo(Code.RESOURCE_EXHAUSTED);
    seconds.addAndGet(60);
    assertThat(kms.getKeyRing(ring).getName()).isEqualTo(ring);
  }
}
