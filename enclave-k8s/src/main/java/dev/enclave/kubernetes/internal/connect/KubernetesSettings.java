package dev.enclave.kubernetes.internal.connect;

import dev.enclave.kit.kek.KekSettings;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Places;
import dev.enclave.kubernetes.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings of the Kubernetes backend, read and checked. Immutable. */
public final class KubernetesSettings {

  public static final String NAMESPACE = "namespace";
  public static final String TOKEN_FILE = "token-file";
  public static final String KUBECONFIG = "kubeconfig";

  private static final List<SettingSpec> OWN =
      List.of(
          SettingSpec.of(
              NAMESPACE,
              "The namespace of the Secrets, for example payments; by default the pod's own."),
          SettingSpec.of(
              TOKEN_FILE,
              "The file of the pod's projected service-account token, for example"
                  + " /var/run/secrets/enclave/token; by default"
                  + " /var/run/secrets/kubernetes.io/serviceaccount/token."),
          SettingSpec.of(
              KUBECONFIG,
              "A kubeconfig file for work outside the cluster, for example"
                  + " /home/dev/.kube/config; in DEVELOPMENT and LOCAL."));

  /** All of them. */
  public static final List<SettingSpec> SPECS =
      Stream.of(OWN, KekSettings.SPECS).flatMap(List::stream).toList();

  /**
   * A pod, or a kubeconfig that was set for Enclave, not the variable of kubectl; and a key that
   * seals: keys that nothing seals are kept in Secrets only where somebody asks for this backend.
   */
  public static final Places PLACES =
      new Places(
          "Kubernetes", List.of("kubernetes"), List.of(KUBECONFIG), Optional.of(KekSettings.KEK));

  /** A DNS label (RFC 1123), as namespaces are named. */
  public static final Pattern NAMESPACE_FORM =
      Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private final CheckedSettings settings;
  private final Optional<String> namespace;
  private final KekSettings kek;

  private KubernetesSettings(BackendSettings section) throws BackendFailure {
    this.settings = new CheckedSettings(section);
    this.namespace = settings.text(NAMESPACE, NAMESPACE_FORM, Texts.SET_NAMESPACE.with());
    this.kek = KekSettings.of(section);
  }

  /**
   * Reads and checks all of them.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED}, naming the setting
   */
  public static KubernetesSettings of(BackendSettings settings) throws BackendFailure {
    return new KubernetesSettings(settings);
  }

  /** None: the pod's own. */
  public Optional<String> namespace() {
    return namespace;
  }

  /** Which key wraps the data keys. */
  public KekSettings kek() {
    return kek;
  }

  /** A path. */
  public Optional<String> tokenFile() {
    return settings.text(TOKEN_FILE);
  }

  /** A path. */
  public Optional<String> kubeconfig() {
    return settings.text(KUBECONFIG);
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return settings.fullName(name);
  }
}
