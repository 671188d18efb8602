package dev.enclave.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.cli.Cli;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One screen for people, a stable form for programs, and what the backend's owner must grant. */
class DoctorCommandTest {

  /** What {@code --json} gives, each field with its type; docs/cli.md names the same fields. */
  private static final Map<String, String> SCHEMA =
      Map.ofEntries(
          Map.entry("version", "number"),
          Map.entry("ready", "boolean"),
          Map.entry("environment", "text or null"),
          Map.entry("environmentReason", "text"),
          Map.entry("auditLog[]", "text"),
          Map.entry("settings[].name", "text"),
          Map.entry("settings[].value", "text"),
          Map.entry("settings[].source", "text"),
          Map.entry("signals[].detector", "text"),
          Map.entry("signals[].status", "text"),
          Map.entry("signals[].detail", "text"),
          Map.entry("backend", "text or null"),
          Map.entry("backendReason", "text or null"),
          Map.entry("rejected[].backend", "text"),
          Map.entry("rejected[].reason", "text"),
          Map.entry("permissions[].name", "text"),
          Map.entry("permissions[].neededFor", "text"),
          Map.entry("permissions[].granted", "boolean"),
          Map.entry("permissions[].fix", "text"),
          Map.entry("permissions[].unknown", "boolean"),
          Map.entry("permissions[].excess", "boolean"),
          Map.entry("accessPolicy", "text or null"),
          Map.entry("engines[].algorithm", "text"),
          Map.entry("engines[].engine", "text"),
          Map.entry("engines[].memory", "text"),
          Map.entry("findings[].severity", "text"),
          Map.entry("findings[].code", "text"),
          Map.entry("findings[].category", "text"),
          Map.entry("findings[].observed", "text"),
          Map.entry("findings[].fix", "text"));

  private final Path folder;

  DoctorCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Cli cloud(CloudShapedProvider provider) {
    return Cli.in(folder)
        .with(provider)
        .variable("ENCLAVE_ENVIRONMENT", "production")
        .variable("ENCLAVE_BACKEND", "cloud")
        .variable("ENCLAVE_AUDIT_DIRECTORY", folder.resolve("audit").toString());
  }

  private static CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  }

  @Test
  void fitsOnOneScreenOf100Columns() {
    for (Cli cli : List.of(Cli.local(folder), cloud(provider()), Cli.in(folder))) {
      List<String> lines = cli.run("doctor", "--probe").out().lines().toList();

      assertThat(lines).hasSizeBetween(10, 40);
      assertThat(lines)
          .allSatisfy(
              line ->
                  assertThat(line.length() <= 100 || line.strip().indexOf(' ') < 0)
                      .as(line)
                      .isTrue());
      assertThat(lines)
          .filteredOn(line -> line.contains("ERROR ") || line.contains("WARNING "))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void paintsOnATerminalOnly() {
    assertThat(Cli.local(folder).inColour().run("doctor").out()).contains("\u001b[32mReady");
    assertThat(Cli.local(folder).run("doctor").out()).doesNotContain("\u001b");
    assertThat(Cli.local(folder).inColour().run("doctor", "--json").out()).doesNotContain("\u001b");
  }

  @Test
  void paintsErrorsRed() {
    assertThat(
            Cli.in(folder).inColour().run("doctor", "-D", "enclave.environment=production").out())
        .contains("\u001b[31mERROR\u001b[0m", "\u001b[31mNot ready");
  }

  @Test
  void saysNothingElseInColourThanWithout() {
    assertThat(Cli.local(folder).inColour().run("doctor").out().replaceAll("\u001b\\[\\d+m", ""))
        .isEqualTo(Cli.local(folder).run("doctor").out());
  }

  @Test
  void answersInTheDocumentedForm() throws IOException {
    Map<String, String> all = new TreeMap<>();
    CloudShapedProvider limited = provider().denying(CloudOperation.CREATE);
    all.putAll(types(cloud(limited).run("doctor", "--probe", "--json").out()));
    types(Cli.in(folder).run("doctor", "--json", "-D", "enclave.enviroment=x").out())
        .forEach(
            (field, type) ->
                all.merge(field, type, (one, other) -> one.equals(other) ? one : "text or null"));
    assertThat(all).containsExactlyInAnyOrderEntriesOf(SCHEMA);
  }

  @Test
  void everyFieldIsDocumented() throws IOException {
    String documented = Files.readString(Path.of("..", "docs", "cli.md"));
    for (String field : SCHEMA.keySet()) {
      String name = field.substring(field.indexOf('.') + 1).replace("[]", "");
      assertThat(documented).contains("`" + name + "`");
      if (field.contains("[]")) {
        assertThat(documented).contains("`" + field.substring(0, field.indexOf('[')) + "`");
      }
    }
    assertThat(documented).contains("`version` is 1");
  }

  @Test
  void namesAMissingPermission_whenAskedToProbe() {
    Cli.Run run = cloud(provider().denying(CloudOperation.CREATE)).run("doctor", "--probe");

    assertThat(run.code()).isEqualTo(4);
    assertThat(run.out())
        .containsPattern("cloud:Create +MISSING +for creating keys")
        .containsPattern("cloud:Sign +granted +for signing")
        .contains("permission cloud:Create is missing, which creating keys needs")
        .contains("Grant cloud:Create");
  }

  @Test
  void asksForNoPermission_unlessTold() {
    Cli.Run run = cloud(provider().denying(CloudOperation.CREATE)).run("doctor");

    assertThat(run.code()).isZero();
    assertThat(run.out()).doesNotContain("Permissions");
  }

  @Test
  void isReady_whenEveryPermissionIsThere() {
    Cli.Run run = cloud(provider()).run("doctor", "--probe");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Permissions", "Ready").doesNotContain("MISSING");
  }

  @Test
  void isNotReady_whereNoKeyCanBeUsed() {
    CloudShapedProvider provider = provider();
    cloud(provider).succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    assertThat(cloud(provider).run("doctor", "--probe").code()).isZero();
    cloud(provider).succeed("keys", "disable", "wallet");

    assertThat(cloud(provider).run("doctor").code()).isZero();
    Cli.Run run = cloud(provider).run("doctor", "--probe");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out())
        .contains("KEY_NOT_ACTIVE", "No key that was read can be used", "Not ready");
  }

  @Test
  void tellsWhatIsUnknown_andIsNotReady() {
    try (AwsKmsServer server = AwsKmsServer.builder().start()) {
      Cli.Run run =
          Cli.in(folder)
              .variable("ENCLAVE_ENVIRONMENT", "development")
              .variable("ENCLAVE_BACKEND", "aws-kms")
              .variable("ENCLAVE_AUDIT_DIRECTORY", folder.resolve("audit").toString())
              .variable("ENCLAVE_AWS_KMS_REGION", server.region())
              .variable("ENCLAVE_AWS_KMS_ENDPOINT", server.endpoint().toString())
              .variable("ENCLAVE_AWS_KMS_ACCESS_KEY_ID", server.credentials().accessKeyId())
              .variable("ENCLAVE_AWS_KMS_SECRET_ACCESS_KEY", server.credentials().secretAccessKey())
              .run("doctor", "--probe");
      assertThat(run.code()).isEqualTo(4);
      assertThat(run.out())
          .containsPattern("kms:Sign +UNKNOWN +for signing")
          .containsPattern("kms:CreateKey +granted +for creating")
          .contains("PERMISSION_UNKNOWN", "Not ready");
    }
  }

  @Test
  void probesTheRightsToTheKeyDirectory() {
    Cli.local(folder).succeed("keys", "create", "wallet", "--algorithm", "ED25519");

    assertThat(Cli.local(folder).succeed("doctor", "--probe").out())
        .containsPattern("read " + folder.resolve("keys") + " +granted +for signing")
        .containsPattern("write " + folder.resolve("keys") + " +granted +for creating keys");
  }

  @Test
  void printsThePolicyAndNothingElse() {
    assertThat(cloud(provider()).succeed("doctor", "--iam").out().lines())
        .containsExactly(
            "allow cloud:Load on account-1",
            "allow cloud:Create on account-1",
            "allow cloud:Sign on account-1");
  }

  @Test
  void printsThePolicy_whenItIsNotGrantedYet() {
    Cli.Run run = cloud(provider().denying(CloudOperation.HEALTH)).run("doctor", "--iam");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("allow cloud:Sign");
  }

  @Test
  void saysWhySoftwareKeysNeedNoPolicy() {
    assertThat(Cli.local(folder).succeed("doctor", "--iam").out())
        .contains("No access policy is needed", folder.resolve("keys").toString());
  }

  @Test
  void hasNoPolicyToPrint_whereNoBackendCanBeChosen() {
    Cli.Run run = Cli.in(folder).run("doctor", "--iam", "-D", "enclave.environment=production");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("No backend can be chosen here", "enclave doctor");
  }

  /** From the path of each value to its type. */
  private static Map<String, String> types(String text) throws IOException {
    Map<String, String> types = new TreeMap<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      String array = "";
      while (json.nextToken() != null) {
        JsonToken token = json.currentToken();
        if (token == JsonToken.START_ARRAY) {
          array = json.currentName() + "[].";
        } else if (token == JsonToken.END_ARRAY) {
          array = "";
        } else if (token.isScalarValue()) {
          types.merge(
              json.currentName() == null
                  ? array.substring(0, array.length() - 1)
                  : array + json.currentName(),
              type(token),
              (one, other) -> one.equals(other) ? one : "text or null");
        }
      }
    }
    return types;
  }

  private static String type(JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> "text";
      case VALUE_TRUE, VALUE_FALSE -> "boolean";
      case VALUE_NUMBER_INT -> "number";
      case VALUE_NULL -> "null";
      default -> token.toString();
    };
  }
}
