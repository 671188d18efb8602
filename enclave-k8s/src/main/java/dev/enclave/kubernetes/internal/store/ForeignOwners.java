package dev.enclave.kubernetes.internal.store;

import dev.enclave.kit.json.Json;
import dev.enclave.kubernetes.internal.texts.Texts;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Controllers that write Secrets over, by what they leave on them. From the sources of
 * sealed-secrets and External Secrets Operator, and the documentation of Argo CD, Flux and Helm.
 */
final class ForeignOwners {

  private static final Map<String, String> BY_KIND =
      Map.of("SealedSecret", "sealed-secrets", "ExternalSecret", "External Secrets Operator");

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

  private static final Pattern KIND = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");

  private ForeignOwners() {}

  /** The controller and how it shows, as a message names them; nothing if there is none. */
  static Optional<String> of(SecretObject secret) {
    return Stream.concat(
            secret.owners().stream().map(ForeignOwners::owner),
            Stream.concat(secret.labels().keySet().stream(), secret.annotations().keySet().stream())
                .sorted()
                .flatMap(ForeignOwners::marked))
        .findFirst();
  }

  private static String owner(Object reference) {
    String kind =
        Optional.of(Json.text(reference, "kind"))
            .filter(KIND.asMatchPredicate())
            .orElse(Texts.UNKNOWN_KIND.with());
    return Texts.OWNED_BY.with(BY_KIND.getOrDefault(kind, Texts.A_CONTROLLER.with()), kind);
  }

  private static Stream<String> marked(String mark) {
    return BY_PREFIX.entrySet().stream()
        .filter(tool -> mark.startsWith(tool.getKey()))
        .map(tool -> Texts.MARKED_BY.with(tool.getValue(), tool.getKey()));
  }
}
