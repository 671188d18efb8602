package dev.enclave.kubernetes.internal.connect;

import dev.enclave.kit.setup.PemTls;
import dev.enclave.kubernetes.internal.texts.Texts;
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
 * @param source where that is written
 */
public record ApiServer(
    String url,
    SSLContext tls,
    Credential credential,
    String namespace,
    String home,
    Source source) {

  /**
   * Where it is written, as advice names it.
   *
   * @param address what says where the server is
   * @param trust how its authority comes to be trusted
   * @param file which both name
   * @param person whether it is a kubeconfig, where a person may do more than a Role says
   */
  public record Source(String address, String trust, String file, boolean person) {}

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
            ? Texts.SETTING.with(settings.fullName(KubernetesSettings.KUBECONFIG))
            : Texts.VARIABLE.with(KUBECONFIG);
    if (kubeconfig.isEmpty()) {
      throw misconfigured(
          Texts.NO_POD.with(HOST),
          Texts.RUN_IN_POD.with(settings.fullName(KubernetesSettings.KUBECONFIG)));
    }
    if (context.environment().isStrict()) {
      throw Texts.KUBECONFIG_REFUSED.permanent(FailureCode.REFUSED, source, context.environment());
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
          Texts.NO_HOST_AND_PORT.observed(HOST, PORT), Texts.NO_HOST_AND_PORT.advice(HOST, PORT));
    }
    String token = settings.tokenFile().orElse(ACCOUNT + "token");
    String authority = beside("ca.crt", token, pod);
    Optional<String> home = pod.read(beside("namespace", token, pod)).map(String::strip);
    String namespace = settings.namespace().or(() -> home).orElse("");
    if (!KubernetesSettings.NAMESPACE_FORM.matcher(namespace).matches()) {
      throw misconfigured(
          Texts.NAMESPACE_UNREADABLE.with(ACCOUNT),
          Texts.SET_SETTING.with(settings.fullName(KubernetesSettings.NAMESPACE)));
    }
    return new ApiServer(
        "https://" + bracketed + ":" + port,
        PemTls.of(pod.read(authority).orElse(""), Optional.empty())
            .orElseThrow(
                () ->
                    misconfigured(
                        Texts.NO_AUTHORITY.with(ACCOUNT), Texts.MOUNT_AUTHORITY.with(authority))),
        new TokenFile(token, Optional.empty(), context),
        namespace,
        home.filter(KubernetesSettings.NAMESPACE_FORM.asMatchPredicate()).orElse(namespace),
        new Source(
            Texts.AND.with(HOST, PORT), Texts.PUT_AUTHORITY.with(authority), authority, false));
  }

  /** The path of a file beside the token, else where Kubernetes puts it by itself. */
  private static String beside(String name, String token, EnvironmentSnapshot pod) {
    String path = token.substring(0, token.lastIndexOf('/') + 1) + name;
    return pod.read(path).isPresent() ? path : ACCOUNT + name;
  }

  private static BackendFailure misconfigured(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.MISCONFIGURED, observed, advice);
  }
}
