package dev.enclave.vault;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.ConformanceSupport;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.vault.internal.VaultBackend;
import dev.enclave.vault.internal.access.VaultAccess;
import dev.enclave.vault.internal.settings.VaultSettings;
import dev.enclave.vault.internal.texts.Texts;
import java.util.List;

/**
 * Opens the backend for HashiCorp Vault and OpenBao: keys of a Transit secrets engine, which never
 * leave it, with what Enclave keeps of them in a key-value store of version 2 beside it.
 *
 * <p>Nothing is looked for anywhere but in {@code enclave.vault.*} and in the environment snapshot;
 * variables of Vault's own clients choose nothing. Thread-safe.
 */
public final class VaultBackendProvider
    implements BackendProvider, AccessPolicyWriter, ConformanceSupport {

  @Override
  public BackendId id() {
    return BackendId.VAULT;
  }

  @Override
  public List<SettingSpec> settings() {
    return VaultSettings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return VaultSettings.detect(context);
  }

  @Override
  public AccessPolicy accessPolicy(BackendContext context) throws BackendFailure {
    return VaultAccess.policy(VaultSettings.of(context.settings(), context.environment()));
  }

  /**
   * What a run of the contracts needs, counted by the journal of our own server; a test compares.
   */
  @Override
  public Estimate estimate() {
    return Estimate.of(245, 5_214, Texts.ESTIMATE.with());
  }

  @Override
  public BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return VaultBackend.bareKeys(context);
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return VaultBackend.open(context);
  }
}
