package dev.enclave.kubernetes.internal.access;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.kubernetes.internal.settings.KubernetesSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;

/**
 * The least that RBAC must allow: for signing with keys that are there, and, apart from it, for
 * making and changing them.
 */
public final class KubernetesAccessPolicy {

  private KubernetesAccessPolicy() {}

  /** For this configuration. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    String namespace = KubernetesSettings.of(context.settings()).namespace().orElse("<namespace>");
    return AccessPolicy.of(true, TEMPLATE.replace("$namespace$", namespace).stripTrailing());
  }

  private static final String TEMPLATE =
      """
      # For signing, verifying and sealing with keys that are there. With resourceNames only these
      # keys can be read. Nobody needs patch: who may patch a Secret may read it.
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: enclave-signer, namespace: $namespace$}
      rules:
      - {apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [enclave-<key>-key]}
      ---
      # For creating, rotating, switching off and destroying keys, and for listing them. RBAC can
      # limit neither create nor list to names, so whoever may list reads every Secret of the
      # namespace: give the keys a namespace of their own.
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: enclave-administrator, namespace: $namespace$}
      rules:
      - {apiGroups: [""], resources: [secrets], verbs: [get, list, create, update]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: enclave-signer, namespace: $namespace$}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: enclave-signer}
      subjects:
      - {kind: ServiceAccount, name: <service account>, namespace: $namespace$}
      """;
}
