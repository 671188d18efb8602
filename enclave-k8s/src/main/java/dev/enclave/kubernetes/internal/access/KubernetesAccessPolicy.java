package dev.enclave.kubernetes.internal.access;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.kubernetes.internal.connect.KubernetesSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The least that RBAC must allow, for signing with keys that are there and, apart from it, for
 * making and changing them; with what runs under it and what keeps others out of the pods.
 */
public final class KubernetesAccessPolicy {

  /** In this jar, and in {@code docs/kubernetes} with the names of the example. */
  static final List<String> MANIFESTS = List.of("keys.yaml", "workload.yaml", "noexec.yaml");

  private static final String ENDING = "-keys";

  private KubernetesAccessPolicy() {}

  /** For this configuration: the namespace of the keys, and one of the pods. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    String keys = KubernetesSettings.of(context.settings()).namespace().orElse("payments-keys");
    String pods =
        keys.endsWith(ENDING) ? keys.substring(0, keys.length() - ENDING.length()) : keys + "-pods";
    return AccessPolicy.of(
        true,
        MANIFESTS.stream()
            .map(name -> manifest(name, keys, pods).stripTrailing())
            .collect(Collectors.joining("\n---\n")));
  }

  static String manifest(String name, String keys, String pods) {
    try (InputStream in = KubernetesAccessPolicy.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("$keys$", keys)
          .replace("$pods$", pods);
    } catch (IOException e) {
      throw new IllegalStateException(name + " is in this jar, and cannot be read");
    }
  }
}
