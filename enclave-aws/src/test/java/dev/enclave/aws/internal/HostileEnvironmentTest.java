package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.aws.internal.LoopbackServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.utils.SystemSetting;

/**
 * Nothing that the SDK would find by itself has an effect: not one of the variables and system
 * properties it knows, no profile file, no proxy (threats 10 and 12).
 */
@Tag("full")
final class HostileEnvironmentTest {

  private static final String[] DEVELOPMENT_WITH_SETTINGS = {
    "DEVELOPMENT", "setting:access-key-id=AKIASETTINGS", "setting:secret-access-key=s"
  };

  private final FakeAws aws = new FakeAws();
  private final LoopbackServer trap =
      LoopbackServer.answering(asked -> Reply.of(500, "this is a trap"));

  private Path profiles;
  private Path partitions;

  @BeforeEach
  void setTraps(@TempDir Path directory) throws IOException {
    profiles =
        Files.writeString(
            directory.resolve("config"),
            """
            [profile evil]
            region = us-east-2
            endpoint_url = %1$s
            aws_access_key_id = AKIAPROFILE
            aws_secret_access_key = s
            use_fips_endpoint = true
            retry_mode = adaptive
            max_attempts = 9
            [evil]
            aws_access_key_id = AKIAPROFILE
            aws_secret_access_key = s
            """
                .formatted(trap.url()));
    partitions =
        Files.writeString(
            directory.resolve("partitions.json"),
            """
            {"version":"1.1","partitions":[{"id":"aws","regionRegex":"^.*$","regions":{},
             "outputs":{"dnsSuffix":"evil.example","dualStackDnsSuffix":"evil.example",
             "implicitGlobalRegion":"us-east-2","name":"aws","supportsDualStack":true,
             "supportsFIPS":true}}]}
            """);
  }

  @AfterEach
  void stop() {
    aws.close();
    trap.close();
  }

  @Test
  void hasNoEffect_ofVariables() throws Exception {
    ChildJvm child = new ChildJvm();
    variables().forEach(child::variable);
    requireUntouched(child);
  }

  @Test
  void hasNoEffect_ofSystemProperties() throws Exception {
    ChildJvm child = new ChildJvm();
    properties().forEach(child::property);
    requireUntouched(child);
  }

  private void requireUntouched(ChildJvm child) throws Exception {
    String[] arguments = java.util.Arrays.copyOf(DEVELOPMENT_WITH_SETTINGS, 5);
    arguments[3] = "setting:endpoint=" + aws.url();
    arguments[4] = "setting:sts-endpoint=" + aws.url();
    assertThat(child.run(arguments)).contains("OPENED AwsSession[aws:eu-west-1:123456789012]");
    assertThat(aws.server().operations()).containsExactly("GetCallerIdentity", "ListKeys");
    assertThat(aws.server().asked())
        .allSatisfy(
            asked -> {
              assertThat(asked.target()).isEqualTo("/");
              assertThat(asked.header("Host")).startsWith("127.0.0.1:");
              assertThat(asked.header("Authorization"))
                  .startsWith("AWS4-HMAC-SHA256 Credential=AKIASETTINGS/")
                  .contains("/eu-west-1/");
              assertThat(asked.header("X-Amz-Security-Token")).isEmpty();
              assertThat(asked.header("Content-Encoding")).isEmpty();
              assertThat(asked.header("User-Agent")).doesNotContain("hostile");
            });
    assertThat(trap.asked()).isEmpty();
  }

  @Test
  void makesOneAttempt_whateverVariablesSayOfRetries() throws Exception {
    aws.answering("GetCallerIdentity", asked -> FakeAws.stsRefusal(400, "ValidationError"));
    ChildJvm child = new ChildJvm();
    variables().forEach(child::variable);
    String[] arguments = java.util.Arrays.copyOf(DEVELOPMENT_WITH_SETTINGS, 4);
    arguments[3] = "setting:sts-endpoint=" + aws.url();
    assertThat(child.run(arguments)).contains("PERMANENT REJECTED sts:GetCallerIdentity");
    assertThat(aws.server().operations()).containsExactly("GetCallerIdentity");
  }

  /** The same values do divert a program that leaves everything to the SDK. */
  @ParameterizedTest
  @ValueSource(strings = {"AWS_ENDPOINT_URL_KMS", "http_proxy"})
  void wouldHaveAnEffect_onTheBareSdk(String variable) throws Exception {
    ChildJvm child = new ChildJvm();
    for (String name :
        new String[] {variable, "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
      child.variable(name, String.valueOf(variables().get(name)));
    }
    String output = child.run("bare");
    assertThat(trap.asked()).as(output).isNotEmpty();
  }

  private Map<String, String> variables() {
    Map<String, String> all = new TreeMap<>();
    for (SystemSetting setting : SdkSystemSetting.values()) {
      all.put(setting.environmentVariable(), hostile(setting.environmentVariable()));
    }
    for (SystemSetting setting : ProfileFileSystemSetting.values()) {
      all.put(setting.environmentVariable(), hostile(setting.environmentVariable()));
    }
    for (String proxy : new String[] {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}) {
      all.put(proxy, trap.url());
      all.put(proxy.toLowerCase(java.util.Locale.ROOT), trap.url());
    }
    for (String name : new String[] {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS"}) {
      all.put(name, trap.url());
    }
    all.put("AWS_ENDPOINT_URL_STS", trap.url());
    all.put("AWS_DEFAULT_REGION", "us-east-2");
    all.put("AWS_CA_BUNDLE", profiles.toString());
    all.put("AWS_STS_REGIONAL_ENDPOINTS", "legacy");
    return all;
  }

  private Map<String, String> properties() {
    Map<String, String> all = new TreeMap<>();
    for (SystemSetting setting : SdkSystemSetting.values()) {
      if (setting.property() != null) {
        all.put(setting.property(), hostile(setting.environmentVariable()));
      }
    }
    for (SystemSetting setting : ProfileFileSystemSetting.values()) {
      all.put(setting.property(), hostile(setting.environmentVariable()));
    }
    String port = trap.url().substring(trap.url().lastIndexOf(':') + 1);
    for (String scheme : new String[] {"http", "https"}) {
      all.put(scheme + ".proxyHost", "127.0.0.1");
      all.put(scheme + ".proxyPort", port);
      all.put(scheme + ".nonProxyHosts", "");
    }
    all.put("socksProxyHost", "");
    all.put("java.net.useSystemProxies", "true");
    all.put("http.agent", "hostile");
    all.put("http.keepAlive", "false");
    all.put("aws.endpointUrl", trap.url());
    all.put("aws.endpointUrlKms", trap.url());
    all.put("aws.endpointUrlSts", trap.url());
    all.put(
        "software.amazon.awssdk.http.service.impl",
        "software.amazon.awssdk.http.urlconnection.UrlConnectionSdkHttpService");
    return all;
  }

  /** A value the SDK would take, for each kind of setting. */
  private String hostile(String variable) {
    if (variable.endsWith("_REGION")) {
      return "us-east-2";
    }
    if (variable.equals("AWS_PROFILE")) {
      return "evil";
    }
    if (variable.equals("AWS_CONFIG_FILE") || variable.equals("AWS_SHARED_CREDENTIALS_FILE")) {
      return profiles.toString();
    }
    if (variable.equals("AWS_PARTITIONS_FILE")) {
      return partitions.toString();
    }
    if (variable.endsWith("_URI") || variable.endsWith("_ENDPOINT")) {
      return variable.startsWith("AWS_USE_") ? "true" : trap.url();
    }
    return switch (variable) {
      case "AWS_RETRY_MODE" -> "adaptive";
      case "AWS_MAX_ATTEMPTS" -> "9";
      case "AWS_DEFAULTS_MODE" -> "mobile";
      case "AWS_ACCESS_KEY_ID" -> "AKIAVARIABLE";
      case "AWS_EXECUTION_ENV", "AWS_SDK_UA_APP_ID" -> "neutral";
      case "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES" -> "0";
      case "AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION" ->
          "when_supported";
      case "AWS_AUTH_SCHEME_PREFERENCE" -> "sigv4a,httpBearerAuth,noAuth";
      case "AWS_SIGV4A_SIGNING_REGION_SET" -> "*";
      case "AWS_METADATA_SERVICE_TIMEOUT" -> "1";
      default -> "true";
    };
  }
}
