package dev.enclave.kubernetes;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.kubernetes.internal.access.KubernetesAccessPolicy;
import dev.enclave.kubernetes.internal.backend.KubernetesBackend;
import dev.enclave.kubernetes.internal.connect.KubernetesSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Opens the Kubernetes backend: private keys in Secrets of one namespace, sealed by data keys that
 * a wrapping key of another backend wraps, and used in this process's memory.
 *
 * <p>A key's assurance is HSM_WRAPPED at best, and never more than that of the wrapping key;
 * without one it is PLAINTEXT, in LOCAL alone and only where that is acknowledged. Nothing is
 * looked for anywhere but in {@code enclave.kubernetes.*} and in the environment snapshot.
 * Thread-safe.
 */
public final class KubernetesBackendProvider implements BackendProvider, AccessPolicyWriter {

  @Override
  public BackendId id() {
    return BackendId.KUBERNETES;
  }

  @Override
  public List<SettingSpec> settings() {
    return KubernetesSettings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM_WRAPPED;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return KubernetesSettings.PLACES.detect(context);
  }

  @Override
  public AccessPolicy accessPolicy(BackendContext context) throws BackendFailure {
    return KubernetesAccessPolicy.of(context);
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return KubernetesBackend.open(context);
  }
}
