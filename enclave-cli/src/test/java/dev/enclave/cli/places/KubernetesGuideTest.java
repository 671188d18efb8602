package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.emulators.AwsKmsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types what docs/kubernetes.md says, by Debian's kubectl to a real API server. What there is not
 * is what runs Jobs: a process of the command stands for a pod of it, under the token of the Job's
 * service account, with the settings, arguments and files that the Job names.
 */
@Tag("full")
@Timeout(300)
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
class KubernetesGuideTest {

  /**
   * Everything but waiting for a Job and reading its log is kubectl's own. People type so slowly
   * that the API server goes by the new roles: it does once it goes by those that came last.
   */
  private static final String KUBECTL =
      """
      #!/bin/sh
      set -e
      for last; do :; done
      job=${last#job/}
      of() { /usr/bin/kubectl -n payments get "$@"; }
      case "$*" in
      *" wait --for=condition=complete "*)
        pod=%1$s/pods/$job
        mkdir -p "$pod"
        cp %1$s/ca.crt "$pod"
        printf payments >"$pod/namespace"
        spec='{.spec.template.spec'
        account=$(of job "$job" -o "jsonpath=$spec.serviceAccountName}")
        /usr/bin/kubectl -n payments create token "$account" >"$pod/token"
        settings=$(of job "$job" -o "jsonpath=$spec.containers[0].envFrom[0].configMapRef.name}")
        here() { sed "s#/tmp/#TMP/#g; s#/var/run/secrets/enclave#$pod#g; s#TMP/#$pod/#g"; }
        args=$(of job "$job" -o "jsonpath=$spec.containers[0].args[*]}" | here)
        of configmap "$settings" \\
          -o 'go-template={{range $k, $v := .data}}export {{$k}}={{$v}}{{println}}{{end}}' \\
          | here >"$pod/settings"
        . "$pod/settings"
        . %1$s/cluster
        set -- $args
        %1$s/enclave "$@" >"$pod/log" 2>&1 || { cat "$pod/log"; exit 1; }
        echo "job.batch/$job condition met" ;;
      *" logs "*) cat %1$s/pods/"$job"/log ;;
      "apply -k docs/kubernetes/base")
        /usr/bin/kubectl "$@"
        {
          /usr/bin/kubectl -n payments create role last --verb=get --resource=configmaps
          /usr/bin/kubectl -n payments create rolebinding last --role=last --user=last
          until /usr/bin/kubectl auth can-i get configmaps -n payments --as=last; do :; done
          /usr/bin/kubectl -n payments delete role/last rolebinding/last
        } >"$0.log" 2>&1 ;;
      *) exec /usr/bin/kubectl "$@" ;;
      esac
      """;

  /** What the guide warns of. */
  private static final String SPOILT =
      """
      kubectl -n payments-keys create role watcher --verb=watch --resource=secrets
      kubectl -n payments-keys create rolebinding watcher --role=watcher \\
        --serviceaccount=payments:wallet
      until kubectl auth can-i watch secrets -n payments-keys \\
        --as=system:serviceaccount:payments:wallet; do :; done
      kubectl -n payments wait --for=condition=complete job/probe
      kubectl -n payments logs job/probe
      """;

  private final Path folder;
  private final SetupDocs docs;

  KubernetesGuideTest(@TempDir Path folder) {
    this.folder = folder;
    this.docs =
        new SetupDocs(folder)
            .variable("PATH", folder.resolve("bin") + ":" + folder + ":" + System.getenv("PATH"));
  }

  @Test
  void everyCommandDoesWhatItSays(ApiServer cluster) throws Exception {
    List<String> steps =
        new ArrayList<>(
            SetupDocs.blocks("kubernetes.md", "From an empty namespace to a signing pod"));
    assertThat(steps).hasSize(6);
    List<String> record = SetupDocs.blocks("kubernetes.md", "Secrets that a controller writes");
    assertThat(record).hasSize(1);
    steps.addAll(record);
    try (AwsKmsServer kms = AwsKmsServer.builder().start()) {
      prepare(cluster, kms);
      // This KMS is reached by http, which PRODUCTION refuses, and where nothing believes in an
      // HSM.
      Files.writeString(
          folder.resolve("steps.sh"),
          String.join("echo ----\n", steps)
              .replace("enclave.environment=production", "enclave.environment=development"));

      String[] said = docs.run("sh", "-e", "steps.sh").split("----\n", -1);

      assertThat(said).as(String.join("----\n", said)).hasSize(7);
      assertThat(said[0]).contains("Created payments-kek");
      assertThat(said[1]).contains("deployment.apps/wallet").endsWith("yes\n");
      assertThat(said[2]).contains("Created orders", "enclave.dev/key");
      assertThat(said[3])
          .containsPattern("get secrets +granted +for signing")
          .doesNotContain("MISSING", "TOO MUCH");
      assertThat(said[4]).contains("condition met").containsPattern("wallet +0/2");
      assertThat(said[5].lines()).hasSize(13).containsOnly("no");
      assertThat(folder.resolve("pods/sign-orders/signature")).hasSize(64);
      assertThat(folder.resolve("orders.yaml"))
          .content()
          .contains("type: enclave.dev/key", "enclave.dev/kind: key")
          .contains("record: " + Files.readString(folder.resolve("orders.base64")))
          .doesNotContain("uid:", "resourceVersion:");

      assertThat(docs.run("sh", "-e", "-c", SPOILT))
          .containsPattern("get secrets +granted +for signing")
          .containsPattern(
              "watch secrets in namespace payments-keys +TOO MUCH +allows reading every Secret")
          .contains("Ready");
    }
  }

  private void prepare(ApiServer cluster, AwsKmsServer kms) throws IOException {
    for (String name : List.of("base", "jobs")) {
      copy(SetupDocs.root().resolve("docs/kubernetes").resolve(name));
    }
    Files.createDirectories(folder.resolve("bin"));
    docs.program("enclave", "#!/bin/sh\n" + docs.enclave());
    docs.program("bin/kubectl", KUBECTL.formatted(folder));
    Files.writeString(folder.resolve("ca.crt"), cluster.caPem());
    Files.writeString(folder.resolve("kubeconfig"), cluster.kubeconfig());
    Files.writeString(
        folder.resolve("cluster"),
        """
        export KUBERNETES_SERVICE_HOST=%s KUBERNETES_SERVICE_PORT=%s
        export ENCLAVE_ENVIRONMENT=development ENCLAVE_MINIMUM_ASSURANCE=software
        unset KUBECONFIG
        """
            .formatted(cluster.uri().getHost(), cluster.uri().getPort()));
    docs.variable("KUBECONFIG", folder.resolve("kubeconfig").toString())
        .variable("ENCLAVE_AWS_KMS_REGION", kms.region())
        .variable("ENCLAVE_AWS_KMS_ENDPOINT", kms.endpoint().toString())
        .variable("ENCLAVE_AWS_KMS_STS_ENDPOINT", kms.endpoint().toString())
        .variable("ENCLAVE_AWS_KMS_ACCESS_KEY_ID", kms.credentials().accessKeyId())
        .variable("ENCLAVE_AWS_KMS_SECRET_ACCESS_KEY", kms.credentials().secretAccessKey());
  }

  private void copy(Path from) throws IOException {
    Path to =
        Files.createDirectories(folder.resolve("docs/kubernetes").resolve(from.getFileName()));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
