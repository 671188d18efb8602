package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types what docs/migration.md says of a key that goes from AWS KMS to Azure Key Vault, on two
 * machines: that of the people, and that which reaches both clouds.
 */
@Tag("full")
class MigrationGuideTest {

  private static final String SECTION = "From AWS to Azure, from an empty terminal";
  private static final String CONFIG = "migration.properties";
  private static final String TOKEN = "/var/run/secrets/azure/tokens/azure-identity-token";
  private static final String CERTIFICATE = "/etc/wallet/vault.pem";

  private final AwsKmsServer aws = AwsKmsServer.builder().start();
  private final AzureKeyVaultServer azure = AzureKeyVaultServer.builder().start();

  @Test
  void everyCommandDoesWhatItSays(@TempDir Path folder) throws IOException {
    try (aws;
        azure) {
      List<String> blocks = SetupDocs.blocks("migration.md", SECTION);
      assertThat(blocks).hasSize(5);
      Cli.in(folder).file("payment", "pay 10 to Alice");

      List<Cli> people = people(folder);
      List<String> fingerprints =
          people.stream().map(person -> type(person, folder, blocks.get(0)).strip()).toList();
      assertThat(fingerprints).doesNotHaveDuplicates();
      Cli.in(folder).file(CONFIG, named(configuration(folder), fingerprints));
      String planned = type(folder, blocks.get(1));
      List<String> signing = blocks.get(2).lines().toList();
      assertThat(signing).hasSameSizeAs(people);
      String plan = folder.resolve("plan.json").toString();
      for (int i = 0; i < signing.size(); i++) {
        type(people.get(i), folder, signing.get(i).replace("plan.json", plan));
      }
      String done = type(folder, blocks.get(3));
      String checked = type(folder, named(blocks.get(4), fingerprints));

      assertThat(planned).contains("way            succession", "public key     changes");
      assertThat(done)
          .contains("Migrated enclave:v1:aws-kms:", "to       enclave:v1:azure-keyvault:");
      assertThat(checked).contains("The record holds.", "approvals      enough");
      assertThat(azure.journal().of("Sign")).isNotEmpty();
    }
  }

  /**
   * What the guide's file says, for these servers. One is reached by http and the other trusted by
   * a certificate of its own, which PRODUCTION refuses.
   */
  private String configuration(Path folder) throws IOException {
    String text = Files.readString(SetupDocs.root().resolve("docs/migration.md"));
    Matcher block =
        Pattern.compile("(?s)```properties\n(.*?)```")
            .matcher(text.substring(text.indexOf("# " + SECTION)));
    assertThat(block.find()).isTrue();
    return block
        .group(1)
        .replace("enclave.environment=production", "enclave.environment=development")
        .replace("directory=audit", "directory=" + folder.resolve("cloud-audit"))
        .replace("eu-west-1", aws.region())
        .replace("https://wallets.vault.azure.net", azure.vaultUrl().toString());
  }

  private static String named(String text, List<String> fingerprints) {
    return text.replace("FINGERPRINT-OF-ADA", fingerprints.get(0))
        .replace("FINGERPRINT-OF-BEN", fingerprints.get(1))
        .replace("FINGERPRINT-OF-CLEO", fingerprints.get(2));
  }

  /** Ada, Ben and Cleo, each with a statement key of their own. */
  private static List<Cli> people(Path folder) throws IOException {
    List<Cli> people = new ArrayList<>();
    for (String name : List.of("ada", "ben", "cleo")) {
      people.add(Cli.local(Files.createDirectory(folder.resolve(name))));
    }
    return people;
  }

  private String type(Path folder, String block) {
    return type(Cli.local(folder), folder, block);
  }

  /** Each line is a command that succeeds; what they say. */
  private String type(Cli person, Path folder, String block) {
    StringBuilder all = new StringBuilder();
    for (String line : block.replace("\\\n", " ").lines().toList()) {
      List<String> words = new ArrayList<>(Arrays.asList(line.strip().split(" +", -1)));
      assertThat(words.remove(0)).isEqualTo("enclave");
      Cli cli = words.contains(CONFIG) ? Cli.in(folder).on(this::cloud) : person;
      Cli.Run run = cli.run(words.toArray(String[]::new));
      assertThat(run.code()).as(line + ": " + run.err()).isZero();
      all.append(run.out());
    }
    return all.toString();
  }

  private FakeEnvironment cloud(FakeEnvironment machine) {
    return machine
        .withVariable("ENCLAVE_AWS_KMS_ENDPOINT", aws.endpoint().toString())
        .withVariable("ENCLAVE_AWS_KMS_STS_ENDPOINT", aws.endpoint().toString())
        .withVariable("ENCLAVE_AWS_KMS_ACCESS_KEY_ID", aws.credentials().accessKeyId())
        .withVariable("ENCLAVE_AWS_KMS_SECRET_ACCESS_KEY", aws.credentials().secretAccessKey())
        .withFile(CERTIFICATE, azure.certificatePem())
        .withFile(TOKEN, azure.federatedToken())
        .withVariable("AZURE_FEDERATED_TOKEN_FILE", TOKEN)
        .withVariable("AZURE_CLIENT_ID", azure.clientId())
        .withVariable("AZURE_TENANT_ID", azure.tenant())
        .withVariable("AZURE_AUTHORITY_HOST", azure.authorityHost().toString())
        .withVariable("ENCLAVE_AZURE_KEYVAULT_ALLOWED_ENDPOINTS", azure.vaultUrl().toString())
        .withVariable("ENCLAVE_AZURE_KEYVAULT_TRUSTED_CERTIFICATE", CERTIFICATE);
  }
}
