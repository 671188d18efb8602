package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.testkit.InMemoryEnclave;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(InMemoryEnclave.class)
class TenantVaultTest {

  private static final byte[] SECRET = "a token of the bank".getBytes(UTF_8);

  private final Map<String, byte[]> table = new HashMap<>();

  @Test
  void opensATenantsSecret_alsoAfterARotation_andResealsItOnce(Enclave enclave) {
    TenantVault vault = new TenantVault(enclave, table);
    vault.put("acme", SECRET);
    assertThat(vault.resealAll()).isZero();
    enclave.admin().key("tenant-secrets").rotate(RotationRequest.now());
    assertThat(vault.get("acme")).hasValue(SECRET);
    assertThat(vault.resealAll()).isEqualTo(1);
    assertThat(vault.resealAll()).isZero();
    assertThat(vault.get("acme")).hasValue(SECRET);
  }

  @Test
  void opensNothingForAnotherTenant(Enclave enclave) {
    TenantVault vault = new TenantVault(enclave, table);
    vault.put("acme", SECRET);
    table.put("globex", table.get("acme"));
    IntegrityException refused =
        catchThrowableOfType(IntegrityException.class, () -> vault.get("globex"));
    assertThat(refused.code()).isEqualTo(ErrorCode.SEALED_DATA_CORRUPT);
  }
}
