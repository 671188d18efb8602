package dev.enclave.kubernetes.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What doctor prints and what lies under docs/kubernetes is one text, which the build's jar has;
 * the documents are rewritten by {@code -Ddocs.update=true}.
 */
class ManifestsTest {

  private static final Map<String, String> FOLDERS =
      Map.of("keys.yaml", "base", "workload.yaml", "base", "noexec.yaml", "noexec");

  @Test
  void theDocumentsAreWhatIsPrinted() throws IOException {
    assertThat(FOLDERS).containsOnlyKeys(KubernetesAccessPolicy.MANIFESTS);
    for (String name : KubernetesAccessPolicy.MANIFESTS) {
      Path folder = root().resolve("docs/kubernetes").resolve(FOLDERS.get(name));
      String printed = KubernetesAccessPolicy.manifest(name, "payments-keys", "payments");
      assertThat(printed).doesNotContain("$");
      if (Boolean.getBoolean("docs.update")) {
        Files.writeString(folder.resolve(name), printed);
      }
      assertThat(folder.resolve(name)).content().isEqualTo(printed);
      assertThat(folder.resolve("kustomization.yaml")).content().contains(name);
    }
  }

  /** Jobs of the guide run as the Deployment does. */
  @Test
  void theJobsOfTheGuideAreAsShutAsTheDeployment() throws IOException {
    String deployment = Files.readString(root().resolve("docs/kubernetes/base/workload.yaml"));
    String shut = lines(deployment.substring(deployment.indexOf("kind: Deployment")));
    try (var jobs = Files.list(root().resolve("docs/kubernetes/jobs"))) {
      for (Path job : jobs.toList()) {
        String text = Files.readString(job);
        assertThat(lines(text)).as(job.toString()).isEqualTo(shut);
      }
    }
  }

  /** What a pod's specification says of rights, settings and volumes. */
  private static String lines(String text) {
    String from = "      automountServiceAccountToken";
    return text.substring(text.indexOf(from))
        .replaceAll("(?m)^ *#.*\n", "")
        .replaceAll("(?m)^ *(- name: (wallet|enclave)|image: .*|args: .*)\n", "");
  }

  /** Tests run in the module's directory. */
  private static Path root() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("..").normalize();
  }
}
