package dev.enclave.kubernetes.operation;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.bench.PatientTime;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.HashMap;
import java.util.Map;

/** A whole Enclave in PRODUCTION as pods open it, with a key-encryption key in memory. */
final class RoleEnclave {

  private final InMemoryProvider lender = new InMemoryProvider().id("hsm");
  private final String keys;

  /**
   * @param keys the namespace of the keys
   */
  RoleEnclave(String keys) {
    this.keys = keys;
  }

  /** Makes the key-encryption key. */
  RoleEnclave withKek(Pod pod) {
    try (Enclave enclave = factory(pod, Map.of("enclave.backend", "hsm")).open()) {
      enclave.createKey(
          KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM).on(BackendId.of("hsm")));
    }
    return this;
  }

  EnclaveFactory.Builder factory(Pod pod) {
    return factory(pod, Map.of("enclave.kubernetes.kek", "hsm:kek"));
  }

  Enclave open(Pod pod) {
    return factory(pod).open();
  }

  private EnclaveFactory.Builder factory(Pod pod, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.environment", "production");
    settings.putIfAbsent("enclave.backend", "kubernetes");
    settings.put("enclave.kubernetes.namespace", keys);
    settings.put("enclave.minimum-assurance", "HSM_WRAPPED");
    return EnclaveFactory.builder()
        .discovery(false)
        .with(pod)
        .with(new PatientTime())
        .with(new RecordingAuditSink())
        .with(lender)
        .with(new KubernetesBackendProvider())
        .config(new ConfigSource("test", settings));
  }
}
