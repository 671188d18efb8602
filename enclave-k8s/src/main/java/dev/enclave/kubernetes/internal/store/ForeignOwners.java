package dev.enclave.kubernetes.internal.store;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tools that write Secrets over, by what they leave on them. From the sources of sealed-secrets and
 * External Secrets Operator, and the documentation of Argo CD, Flux and Helm.
 */
final class ForeignOwners {

  private static final Map<String, String> BY_PREFIX =
      Map.of(
          "sealedsecrets.bitnami.com/", "sealed-secrets",
          "reconcile.external-secrets.io/", "External Secrets Operator",
          "argocd.argoproj.io/", "Argo CD",
          // Argo CD's mark before release 3; Helm's charts set it too.
          "app.kubernetes.io/instance", "Argo CD or Helm",
          "kustomize.toolkit.fluxcd.io/", "Flux",
          "helm.toolkit.fluxcd.io/", "Flux",
          "meta.helm.sh/", "Helm");

  private ForeignOwners() {}

  /** What there is of somebody else's, as a message names it; nothing if there is none. */
  static Optional<String> of(SecretObject secret) {
    if (secret.owned()) {
      return Optional.of("an ownerReference: it would be deleted with its owner");
    }
    return Stream.concat(secret.labels().keySet().stream(), secret.annotations().keySet().stream())
        .flatMap(
            mark ->
                BY_PREFIX.entrySet().stream()
                    .filter(tool -> mark.startsWith(tool.getKey()))
                    .map(tool -> "a mark of " + tool.getValue() + " (" + tool.getKey() + ")"))
        .sorted()
        .findFirst();
  }
}
