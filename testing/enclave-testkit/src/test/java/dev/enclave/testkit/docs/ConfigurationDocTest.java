package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.config.Settings;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigurationDocTest {

  private static final String SOFTWARE =
      "enclave-software/src/main/java/dev/enclave/software/internal/backend/SoftwareSettings.java";

  private static final String OS =
      "enclave-os/src/main/java/dev/enclave/os/internal/OsSettings.java";
  private static final String AWS_KMS =
      "enclave-aws/src/main/java/dev/enclave/aws/internal/settings/AwsSettings.java";
  private static final String AZURE_KEYVAULT =
      "enclave-azure/src/main/java/dev/enclave/azure/internal/settings/AzureSettings.java";
  private static final String GCP_KMS =
      "enclave-gcp/src/main/java/dev/enclave/gcp/internal/GcpSettings.java";
  private static final String KUBERNETES =
      "enclave-k8s/src/main/java/dev/enclave/kubernetes/internal/connect/KubernetesSettings.java";
  private static final String VAULT =
      "enclave-vault/src/main/java/dev/enclave/vault/internal/settings/VaultSettings.java";
  private static final String PKCS11 =
      "enclave-pkcs11/src/main/java/dev/enclave/pkcs11/internal/settings/Pkcs11Settings.java";
  private static final String KEK =
      "enclave-kit/src/main/java/dev/enclave/kit/kek/KekSettings.java";

  /** Of a text that CheckedSettings.specs reads. */
  private static final String ROW = "(?m)^ {10}(?:secret )?([a-z-]+): ";

  @Test
  void explainsEverySettingThereIs_andNoOther() {
    Set<String> headings =
        all("(?m)^### `(enclave\\.[a-z0-9.-]+(?:<name>)?)`$", "", "docs/configuration.md");
    assertThat(headings).isEqualTo(settings());
  }

  @Test
  void listsTheSettingsThatLowerNothing() {
    StringBuilder table = new StringBuilder("| settings | why |\n|---|---|\n");
    Settings.loweringNothing()
        .forEach(
            (reason, names) ->
                table
                    .append("| `")
                    .append(String.join("`, `", names))
                    .append("` | ")
                    .append(reason)
                    .append(" |\n"));
    Document.at("docs/configuration.md").requireGenerated("not-lowering", table.toString());
  }

  @Test
  void showsWhatIsStricterForEachSettingThatCouldBeLowered() {
    Set<String> rows = new TreeSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| (`enclave\\.[^|]+) \\|[^|]+\\|[^|]*\\|$")
            .matcher(Repository.read("docs/configuration.md"));
    while (row.find()) {
      for (String name : row.group(1).split(", ", -1)) {
        rows.add(name.replace("`", ""));
      }
    }
    Set<String> expected = new TreeSet<>(Settings.lowerable());
    expected.add("enclave.keys.<name>");
    expected.add("enclave.keys.<name>.accept-unreadable-stamp");

    assertThat(rows).isEqualTo(expected);
  }

  /** Those of providers as the sources spell them: no such class can be seen from this module. */
  private static Set<String> settings() {
    Set<String> settings = new TreeSet<>(Settings.own());
    settings.addAll(all("String [A-Z_]+ = \"([a-z-]+)\";", "enclave.software.", SOFTWARE));
    settings.addAll(all("String [A-Z_]+ = \"([a-z-]+)\";", "enclave.os.", OS));
    settings.addAll(all(ROW, "enclave.aws-kms.", AWS_KMS));
    settings.addAll(all(ROW, "enclave.azure-keyvault.", AZURE_KEYVAULT));
    settings.addAll(all(ROW, "enclave.gcp-kms.", GCP_KMS));
    settings.addAll(all("String [A-Z_]+ = \"([a-z-]+)\";", "enclave.kubernetes.", KUBERNETES));
    settings.addAll(all("String [A-Z_]+ = \"([a-z-]+)\";", "enclave.kubernetes.", KEK));
    settings.addAll(all(ROW, "enclave.pkcs11.", PKCS11));
    settings.addAll(all(ROW, "enclave.vault.", VAULT));
    settings.add("enclave.keys.<name>");
    return settings;
  }

  private static Set<String> all(String pattern, String prefix, String path) {
    Matcher found = Pattern.compile(pattern).matcher(Repository.read(path));
    Set<String> all = new TreeSet<>();
    while (found.find()) {
      all.add(prefix + found.group(1));
    }
    assertThat(all).as("names found in " + path).isNotEmpty();
    return all;
  }
}
