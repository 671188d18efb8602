package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Nothing that Google's libraries or the JVM would find by themselves has an effect on a process:
 * no proxy, no other metadata server, no credentials, no other endpoint (threats 10 and 12).
 */
@Tag("full")
final class HostileProcessTest {

  private final Trap trap = Trap.set();
  private final Path folder;
  private final Path keyFile;

  HostileProcessTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.keyFile =
        Files.writeString(
            folder.resolve("key.json"),
            "{\"type\":\"service_account\",\"project_id\":\"evil\",\"private_key\":\"canary\","
                + "\"client_email\":\"e@evil.iam.gserviceaccount.com\",\"token_uri\":\"http://"
                + trap.authority()
                + "/token\"}");
  }

  @AfterEach
  void open() {
    trap.close();
  }

  @Test
  void signsAtTheEndpointOfItsSettings_whateverVariablesAndPropertiesSay() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").tls().start()) {
      Path certificate =
          Files.writeString(folder.resolve("certificate.pem"), server.certificatePem());
      assertThat(
              run(
                  ChildSigning.class,
                  "enclave.environment=development",
                  "enclave.backend=gcp-kms",
                  "enclave.gcp-kms.key-ring=" + server.keyRingName("wallet"),
                  "enclave.gcp-kms.endpoint=https://" + server.target(),
                  "enclave.gcp-kms.endpoint-certificate=" + certificate,
                  "enclave.gcp-kms.access-token=" + server.accessToken()))
          .contains("VERIFIED true")
          .doesNotContain(server.accessToken(), "canary");
      assertThat(server.journal().of("AsymmetricSign")).hasSize(1);
      assertThat(trap.caught()).isEmpty();
    }
  }

  /** Nobody is at Google's names here, so it does not get further than to try. */
  @Test
  void goesToGoogleItself_inProduction_withTheAttachedServiceAccount() throws Exception {
    assertThat(run(ChildOpening.class, "attached", "GCE_METADATA_HOST=" + trap.authority()))
        .contains("TRANSIENT UNAVAILABLE", "not sent", "ASKED [169.254.169.254]")
        .doesNotContain("canary");
    assertThat(trap.caught()).isEmpty();
  }

  @Test
  void exchangesTokensWithGoogleItself_inProduction() throws Exception {
    assertThat(run(ChildOpening.class, "federated"))
        .contains("TRANSIENT UNAVAILABLE", "sts.googleapis.com")
        .doesNotContain("the-workloads-own", "canary");
    assertThat(trap.caught()).isEmpty();
  }

  /** The same values do divert a program that leaves everything to the libraries. */
  @ParameterizedTest
  @CsvSource({
    "bare-grpc, CONNECT cloudkms.googleapis.com:443 HTTP/1.1",
    "bare-http, CONNECT sts.googleapis.com:443 HTTP/1.1"
  })
  void wouldHaveAnEffect_onTheBareLibraries(String what, String caught) throws Exception {
    String output = run(ChildOpening.class, what);
    assertThat(trap.caught()).as(output).contains(caught);
  }

  /** What Google's libraries, gcloud and gRPC know. */
  private Map<String, String> variables() {
    Map<String, String> all = new TreeMap<>();
    for (String proxy : List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GRPC_PROXY")) {
      all.put(proxy, "http://" + trap.authority());
      all.put(proxy.toLowerCase(Locale.ROOT), "http://" + trap.authority());
    }
    all.put("GRPC_PROXY_EXP", trap.authority());
    all.put("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", keyFile.toString());
    all.put("SSL_CERT_FILE", keyFile.toString());
    for (String host : List.of("GCE_METADATA_HOST", "GCE_METADATA_IP", "GCE_METADATA_ROOT")) {
      all.put(host, trap.authority());
    }
    all.put("GOOGLE_APPLICATION_CREDENTIALS", keyFile.toString());
    all.put("GOOGLE_CLOUD_PROJECT", "evil");
    all.put("GOOGLE_CLOUD_QUOTA_PROJECT", "evil");
    all.put("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "evil.example");
    all.put("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true");
    all.put("GOOGLE_API_USE_MTLS_ENDPOINT", "always");
    all.put("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1");
    all.put("GOOGLE_SDK_JAVA_LOGGING", "true");
    all.put("CLOUDSDK_CONFIG", folder.toString());
    all.put("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", "http://" + trap.authority() + "/");
    all.put("CLOUDSDK_AUTH_ACCESS_TOKEN", "canary");
    all.put("CLOUDSDK_PROXY_TYPE", "http");
    all.put("CLOUDSDK_PROXY_ADDRESS", "127.0.0.1");
    all.put("CLOUDSDK_PROXY_PORT", trap.port());
    return all;
  }

  private Map<String, String> properties() throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String scheme : List.of("http", "https")) {
      all.put(scheme + ".proxyHost", "127.0.0.1");
      all.put(scheme + ".proxyPort", trap.port());
      all.put(scheme + ".nonProxyHosts", "");
    }
    all.put("java.net.useSystemProxies", "true");
    all.put("jdk.http.auth.tunneling.disabledSchemes", "");
    all.put("io.grpc.internal.DnsNameResolverProvider.enable_jndi_localhost", "true");
    all.put("io.grpc.internal.DnsNameResolverProvider.enable_service_config", "true");
    // Google's names are on this machine, and no others are known.
    all.put(
        "jdk.net.hosts.file",
        Files.writeString(
                folder.resolve("hosts"),
                Stream.of(
                        "localhost",
                        "cloudkms.googleapis.com",
                        "sts.googleapis.com",
                        "iamcredentials.googleapis.com",
                        "oauth2.googleapis.com")
                    .map(host -> "127.0.0.1 " + host + "\n")
                    .collect(Collectors.joining()))
            .toString());
    return all;
  }

  /** What such a process prints. */
  private String run(Class<?> main, String... arguments) throws IOException, InterruptedException {
    List<String> options = new ArrayList<>();
    properties().forEach((name, value) -> options.add("-D" + name + "=" + value));
    ProcessBuilder child = new ProcessBuilder(JavaCommand.of(options, main, arguments));
    JavaCommand.setVariables(child, variables());
    return Ended.run(child).output();
  }
}
