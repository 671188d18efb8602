package dev.enclave.kubernetes.internal.connect;

import dev.enclave.cloud.setup.PemTls;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where the API server is, whom to trust, as whom to ask, and the namespace.
 *
 * @param url scheme, host, port and maybe a path, without a slash at the end
 * @param tls trusts the cluster's certificate authority alone
 * @param credential as whom to ask
 * @param namespace of the Secrets
 * @param home the pod's own, or a kubeconfig's
 */
public record ApiServer(
    String url, SSLContext tls, Credential credential, String namespace, String home) {

  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";
  private static final String HOST = "KUBERNETES_SERVICE_HOST";
  private static final String PORT = "KUBERNETES_SERVICE_PORT";
  private static final String KUBECONFIG = "KUBECONFIG";

  /**
   * The pod's own cluster; or what a kubeconfig says, in DEVELOPMENT and LOCAL.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} when neither says, {@link
   *     FailureCode#REFUSED} when the environment type forbids it
   */
  public static ApiServer of(KubernetesSettings settings, BackendContext context)
      throws BackendFailure {
    Optional<String> file = settings.kubeconfig();
    if (file.isEmpty() && context.snapshot().variable(HOST).isPresent()) {
      return inCluster(settings, context);
    }
    Optional<String> kubeconfig = file.or(() -> context.snapshot().variable(KUBECONFIG));
    String source =
        file.isPresent()
            ? "Setting " + settings.fullName(KubernetesSettings.KUBECONFIG)
            : "Variable " + KUBECONFIG;
    if (kubeconfig.isEmpty()) {
      throw misconfigured(
          "This is no pod: " + HOST + " is not set.",
          "Run in a pod, or in DEVELOPMENT and LOCAL set "
              + settings.fullName(KubernetesSettings.KUBECONFIG)
              + " to a kubeconfig file.");
    }
    if (context.environment().isStrict()) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          source
              + " names a kubeconfig, which "
              + context.environment()
              + " refuses: its credentials are a person's.",
          "Run in a pod, under a service account" + " of its own, without it.");
    }
    return new Kubeconfig(kubeconfig.get(), source, context).server(settings.namespace());
  }

  private static ApiServer inCluster(KubernetesSettings settings, BackendContext context)
      throws BackendFailure {
    EnvironmentSnapshot pod = context.snapshot();
    String host = pod.variable(HOST).orElseThrow();
    String port = pod.variable(PORT).orElse("443");
    String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    if (!bracketed.matches("[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\]")
        || !port.matches("[0-9]{1,5}")) {
      throw misconfigured(
          "Variables " + HOST + " and " + PORT + " name no host and port.",
          "Kubernetes sets them in each pod: do not set them" + " yourself.");
    }
    String token = settings.tokenFile().orElse(ACCOUNT + "token");
    String authority = read("ca.crt", token, pod).orElse("");
    Optional<String> home = read("namespace", token, pod).map(String::strip);
    String namespace = settings.namespace().or(() -> home).orElse("");
    if (!KubernetesSettings.NAMESPACE_FORM.matcher(namespace).matches()) {
      throw misconfigured(
          "No namespace is to be read in " + ACCOUNT + "namespace.",
          "Set " + settings.fullName(KubernetesSettings.NAMESPACE) + ".");
    }
    return new ApiServer(
        "https://" + bracketed + ":" + port,
        PemTls.of(authority, Optional.empty())
            .orElseThrow(
                () ->
                    misconfigured(
                        "No certificate authority of the cluster is to be read in "
                            + ACCOUNT
                            + "ca.crt, nor in ca.crt beside the token.",
                        "Mount the ConfigMap" + " kube-root-ca.crt there.")),
        new TokenFile(token, Optional.empty(), context),
        namespace,
        home.filter(KubernetesSettings.NAMESPACE_FORM.asMatchPredicate()).orElse(namespace));
  }

  /** A file beside the token, else where Kubernetes puts it by itself. */
  private static Optional<String> read(String name, String token, EnvironmentSnapshot pod) {
    String folder = token.substring(0, token.lastIndexOf('/') + 1);
    return pod.read(folder + name).or(() -> pod.read(ACCOUNT + name));
  }

  private static BackendFailure misconfigured(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.MISCONFIGURED, observed, advice);
  }
}
