package dev.enclave.scenarios;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.campaign.cloud.Backups;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.KubernetesRelay;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Every backend that keys migrate between, in one configuration: our own servers of three clouds, a
 * real API server, a real keyring, and files. What a test does not name is not started.
 */
final class SixPlaces implements AutoCloseable {

  /** In the order of the documents. */
  static final List<BackendId> ALL =
      List.of(
          BackendId.SOFTWARE,
          BackendId.OS,
          BackendId.KUBERNETES,
          BackendId.AWS_KMS,
          BackendId.AZURE_KEYVAULT,
          BackendId.GCP_KMS);

  private static final Set<BackendId> WRAPPING = Set.of(BackendId.AWS_KMS, BackendId.GCP_KMS);

  private static final String SETTING = "setting:";
  private static final String FILE = "file:";
  private static final String VARIABLE = "variable:";

  private static final String RING = "wallet";
  private static final String CERTIFICATE = "/etc/wallet/vault.pem";
  private static final String TOKEN = "/var/run/secrets/azure/tokens/azure-identity-token";
  private static final String KUBECONFIG = "/home/dev/.kube/config";

  /** Before every server. */
  final Cut cut = new Cut();

  final HurriedTime time = new HurriedTime();
  final RecordingAuditSink audit = new RecordingAuditSink();
  private final Map<String, String> settings = new HashMap<>();
  private final Map<String, String> files = new HashMap<>();
  private final Map<String, String> variables = new HashMap<>();
  private final Deque<Runnable> started = new ArrayDeque<>();
  private FakeEnvironment machine;

  /** The machine, and those of the others that {@code wanted} names. */
  SixPlaces(Path folder, Set<BackendId> wanted) throws IOException {
    machine = FakeEnvironment.empty().withProperty("user.home", folder.toString());
    // LOCAL: a store without a passphrase opens at once, and DEVELOPMENT wants one.
    settings.put("enclave.environment", "local");
    settings.put("enclave.software.directory", folder.resolve("keys").toString());
    if (wanted.contains(BackendId.OS)) {
      UnlockedKeyring keyring = new UnlockedKeyring(folder.resolve("desk"));
      started.push(keyring::close);
      machine = keyring.seenBy(machine);
    }
    if (wanted.contains(BackendId.KUBERNETES)) {
      kubernetes(SharedApiServer.get());
    }
    if (wanted.contains(BackendId.AWS_KMS)) {
      aws();
    }
    if (wanted.contains(BackendId.AZURE_KEYVAULT)) {
      azure();
    }
    if (wanted.contains(BackendId.GCP_KMS)) {
      google();
    }
  }

  private void kubernetes(ApiServer server) {
    String namespace = "migration-" + UUID.randomUUID();
    server.createNamespace(namespace);
    KubernetesRelay relay = KubernetesRelay.start(server, cut);
    started.push(relay::close);
    String directly = server.kubeconfig(server.adminToken(), namespace);
    files.put(
        KUBECONFIG,
        directly
            .replace(server.uri().toString(), relay.uri().toString())
            .replace(base64(server.caPem()), base64(relay.caPem())));
    settings.put("enclave.kubernetes.kubeconfig", KUBECONFIG);
    settings.put("enclave.kubernetes.namespace", namespace);
    settings.put("enclave.acknowledge-reduced-security", "true");
  }

  private static String base64(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private void aws() {
    AwsKmsServer server = AwsKmsServer.builder().interceptor(cut).anySignatureTime().start();
    started.push(server::close);
    settings.put("enclave.aws-kms.region", server.region());
    settings.put("enclave.aws-kms.endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.sts-endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.access-key-id", server.credentials().accessKeyId());
    settings.put("enclave.aws-kms.secret-access-key", server.credentials().secretAccessKey());
  }

  private void azure() {
    AzureKeyVaultServer server =
        AzureKeyVaultServer.builder().interceptor(cut).clock(time::now).anyTokenTime().start();
    started.push(server::close);
    files.put(CERTIFICATE, server.certificatePem());
    files.put(TOKEN, server.federatedToken());
    variables.put("AZURE_FEDERATED_TOKEN_FILE", TOKEN);
    variables.put("AZURE_CLIENT_ID", server.clientId());
    variables.put("AZURE_TENANT_ID", server.tenant());
    variables.put("AZURE_AUTHORITY_HOST", server.authorityHost().toString());
    settings.put("enclave.azure-keyvault.vault-url", server.vaultUrl().toString());
    settings.put("enclave.azure-keyvault.allowed-endpoints", server.vaultUrl().toString());
    settings.put("enclave.azure-keyvault.trusted-certificate", CERTIFICATE);
  }

  private void google() {
    GcpKmsServer server =
        GcpKmsServer.builder()
            .interceptor(cut)
            .clock(time::now)
            .tokenLifetime(Duration.ofDays(3650))
            .keyRing(RING)
            .start();
    started.push(server::close);
    settings.put("enclave.gcp-kms.key-ring", server.keyRingName(RING));
    settings.put("enclave.gcp-kms.endpoint", "http://" + server.target());
    settings.put("enclave.gcp-kms.access-token", server.accessToken());
  }

  /** A process that has its keys in one of them. */
  Enclave open(BackendId source) {
    return open(settings, seen(machine, files, variables), audit.sharing(), time.another(), source);
  }

  /**
   * Has the servers that wrap what is imported make their wrapping keys, which takes a busy machine
   * longer than a client waits.
   */
  void warmImports(BackendId place) {
    if (WRAPPING.contains(place)) {
      try (Enclave enclave = open(place)) {
        Backups.warmImports(enclave, () -> {});
      }
    }
  }

  private static FakeEnvironment seen(
      FakeEnvironment machine, Map<String, String> files, Map<String, String> variables) {
    FakeEnvironment seen = machine;
    for (Map.Entry<String, String> file : files.entrySet()) {
      seen = seen.withFile(file.getKey(), file.getValue());
    }
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      seen = seen.withVariable(variable.getKey(), variable.getValue());
    }
    return seen;
  }

  private static Enclave open(
      Map<String, String> settings,
      FakeEnvironment machine,
      RecordingAuditSink audit,
      HurriedTime time,
      BackendId source) {
    return EnclaveFactory.builder()
        .with(machine)
        .with(audit)
        .with(time)
        .config(new ConfigSource("test", settings))
        .config(new ConfigSource("source", Map.of("enclave.backend", source.value())))
        .open();
  }

  /** Writes down what another process on another machine needs to reach those that are remote. */
  Path write(Path file) throws IOException {
    Properties all = new Properties();
    settings.forEach((name, value) -> all.setProperty(SETTING + name, value));
    files.forEach((name, value) -> all.setProperty(FILE + name, value));
    variables.forEach((name, value) -> all.setProperty(VARIABLE + name, value));
    try (Writer writer = Files.newBufferedWriter(file)) {
      all.store(writer, null);
    }
    return file;
  }

  /** In another process, by what was written down. */
  static Enclave open(Path written, BackendId source) throws IOException {
    Properties all = new Properties();
    try (Reader reader = Files.newBufferedReader(written)) {
      all.load(reader);
    }
    return open(
        of(all, SETTING),
        seen(FakeEnvironment.empty(), of(all, FILE), of(all, VARIABLE)),
        new RecordingAuditSink(),
        new HurriedTime(),
        source);
  }

  private static Map<String, String> of(Properties all, String kind) {
    return all.stringPropertyNames().stream()
        .filter(name -> name.startsWith(kind))
        .collect(Collectors.toMap(name -> name.substring(kind.length()), all::getProperty));
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      started.pop().run();
    }
  }
}
