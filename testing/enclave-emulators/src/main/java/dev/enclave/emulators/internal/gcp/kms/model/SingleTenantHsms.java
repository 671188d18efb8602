package dev.enclave.emulators.internal.gcp.kms.model;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import java.util.Map;

/**
 * Instances of single-tenant Cloud HSM (hsm_management.proto), which are there from the start.
 *
 * @param portable by name, whether key_portability_enabled: "Key portability features are disabled
 *     by default"
 */
public record SingleTenantHsms(Map<String, Boolean> portable) {

  public SingleTenantHsms {
    portable = Map.copyOf(portable);
  }

  /** resources.proto, CryptoKey.crypto_key_backend: of this protection level alone. */
  String backend(CryptoKey asked, CryptoKeyVersionTemplate template) {
    String backend = asked.getCryptoKeyBackend();
    if (template.getProtectionLevel() != ProtectionLevel.HSM_SINGLE_TENANT) {
      if (!backend.isEmpty()) {
        throw GcpFailure.invalid(
            "The crypto_key_backend field is not of protection level "
                + template.getProtectionLevel()
                + ".");
      }
      return "";
    }
    if (backend.isEmpty()) {
      throw GcpFailure.invalid("The crypto_key_backend field must be specified.");
    }
    if (!portable.containsKey(backend)) {
      throw GcpFailure.notFound("SingleTenantHsmInstance", backend);
    }
    return backend;
  }

  /** Refuses a key whose instance lets no key out and none in. */
  public void requirePortable(Key key) {
    if (!portable.getOrDefault(key.settings().getCryptoKeyBackend(), false)) {
      throw GcpFailure.precondition(
          "KEY_PORTABILITY",
          key.name(),
          key.name() + " is in no single-tenant HSM instance with key portability enabled.");
    }
  }
}
