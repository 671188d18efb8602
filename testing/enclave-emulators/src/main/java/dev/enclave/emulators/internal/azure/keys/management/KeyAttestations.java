package dev.enclave.emulators.internal.azure.keys.management;

import dev.enclave.emulators.internal.azure.attestation.Attestations;
import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.Flavour;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * REST API, Get Key Attestation: "Gets the public part of a stored key along with its attestation
 * blob." From version 7.6 on; "Key attestation is a functionality of Azure Managed HSM".
 */
public final class KeyAttestations {

  private final Shared shared;
  private final Attestations attestations;

  public KeyAttestations(Shared shared) {
    this.shared = shared;
    attestations = new Attestations(shared.random());
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.GET_KEY_ATTESTATION, this::attestation);
  }

  private Map<String, ?> attestation(Call call) {
    if (shared.settings().flavour() != Flavour.MANAGED_HSM
        || call.apiVersion().compareTo("7.6") < 0) {
      throw AzureFailure.of(
          400, "NotSupported", "Key attestation is of managed HSMs alone, from version 7.6 on.");
    }
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    KeyVersion version = shared.vault().version(key, call.route().version());
    String kid = shared.answers().kid(key, version);
    boolean generated = !version.imported();
    Map<String, Object> attestation = new LinkedHashMap<>();
    attestation.put(
        "certificatePemFile",
        Base64Url.encode(attestations.certificates().getBytes(StandardCharsets.US_ASCII)));
    attestation.put(
        "privateKeyAttestation",
        Base64Url.encode(attestations.ofPrivate(kid, version.material(), generated)));
    attestations
        .ofPublic(kid, version.material(), generated)
        .ifPresent(blob -> attestation.put("publicKeyAttestation", Base64Url.encode(blob)));
    attestation.put("version", Attestations.VERSION);
    return shared.answers().attested(key, version, attestation, call);
  }
}
