package dev.enclave.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.fault.FaultRule;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the doctor says to do about each cause is what mends it: it names the cause, doing it turns
 * the doctor green, and what does not mend it neither is said nor turns it green.
 */
@Tag("exhaustive")
class DoctorAdviceTest {

  private static final String CERTIFICATE = "/etc/enclave/server.pem";
  private static final String TOKEN = "/var/run/secrets/token";

  /** What a command is given. */
  private record World(Map<String, String> settings, FakeEnvironment machine) {

    World with(String name, String value) {
      Map<String, String> other = new LinkedHashMap<>(settings);
      other.put(name, value);
      return new World(other, machine);
    }

    World on(FakeEnvironment other) {
      return new World(settings, other);
    }

    Map<String, Object> doctor(Path folder) {
      Cli.Run run =
          Cli.in(folder)
              .on(machine -> this.machine)
              .with(new MutableClock(Instant.now()))
              .run(
                  Stream.concat(
                          Stream.of("doctor", "--json"),
                          settings.entrySet().stream()
                              .map(s -> "-Denclave." + s.getKey() + "=" + s.getValue()))
                      .toArray(String[]::new));
      return JsonText.object(run.out());
    }
  }

  /** Something of a server that is wrong, and is put right. */
  private interface Server {
    void set(boolean wrong);

    Server SOUND = wrong -> {};
  }

  /**
   * @param advised what the advice names, each a regular expression
   * @param mended the world after the advice is followed
   * @param vain what would not mend it: neither advised nor followed by a green light
   */
  private record Cause(
      String name, World wrong, Server server, List<String> advised, World mended, World vain) {}

  private static DynamicTest test(Cause cause, Path folder) {
    return DynamicTest.dynamicTest(
        cause.name(),
        () -> {
          cause.server().set(true);
          try {
            requireAdvice(cause, folder);
          } finally {
            cause.server().set(false);
          }
          Map<String, Object> well = cause.mended().doctor(folder);
          assertThat(well).as(well.get("findings") + "").containsEntry("ready", "true");
        });
  }

  private static void requireAdvice(Cause cause, Path folder) {
    Map<String, Object> ill = cause.wrong().doctor(folder);
    String told =
        JsonText.objects(ill, "findings").stream()
            .filter(finding -> JsonText.text(finding, "severity").equals("ERROR"))
            .map(Object::toString)
            .collect(Collectors.joining("\n"));
    String fix =
        JsonText.objects(ill, "findings").stream()
            .filter(finding -> JsonText.text(finding, "severity").equals("ERROR"))
            .map(finding -> JsonText.text(finding, "fix"))
            .collect(Collectors.joining("\n"));
    assertThat(ill).as(told).containsEntry("ready", "false");
    assertThat(cause.advised())
        .allSatisfy(advised -> assertThat(fix).as(told).containsPattern(advised));
    cause.vain().settings().keySet().stream()
        .filter(name -> !cause.wrong().settings().containsKey(name))
        .forEach(vain -> assertThat(fix).as(told).doesNotContain(vain));
    assertThat(cause.vain().doctor(folder)).as("in vain").containsEntry("ready", "false");
  }

  private static FakeEnvironment machine(Path folder) {
    return FakeEnvironment.empty().withProperty("user.home", folder.resolve("home").toString());
  }

  private static Server failing(FaultInjector faults, Fault.Refused.Reason reason) {
    Fault fault = new Fault.Refused(reason, false);
    return wrong ->
        faults.follow(wrong ? FaultPlan.NONE.every(FaultRule.ANY, 1, fault) : FaultPlan.NONE);
  }

  @TestFactory
  Stream<DynamicTest> aws(@TempDir Path folder) {
    FaultInjector faults = new FaultInjector();
    AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    AwsKmsServer server =
        AwsKmsServer.builder().faults(faults).clock(() -> Instant.now().plus(ahead.get())).start();
    AwsKmsServer tls = AwsKmsServer.builder().tls().credentials(server.credentials()).start();
    FakeEnvironment machine =
        machine(folder).withFile(CERTIFICATE, tls.certificatePem().orElseThrow());
    World sound = aws(server, server.credentials(), machine);
    World byTls =
        aws(tls, tls.credentials(), machine).with("aws-kms.trusted-certificate", CERTIFICATE);
    AwsCredentials session = server.sessionCredentials("payments");
    World ofSession =
        aws(server, session, machine)
            .with("aws-kms.session-token", session.sessionToken().orElseThrow());
    String account = "aws-kms.account-id";
    World unknown = at(sound, "http://no-such-host.invalid");
    World closed = at(sound, "http://127.0.0.1:1");
    return Stream.of(
            cause(
                "a wrong secret",
                sound.with("aws-kms.secret-access-key", "wrong"),
                sound,
                account,
                "secret access key"),
            cause(
                "an unknown access key",
                sound.with("aws-kms.access-key-id", "AKIAIOSFODNN7EXAMPLE"),
                sound,
                account,
                "access key id"),
            cause(
                "another region",
                sound.with("aws-kms.region", "us-west-2"),
                sound,
                account,
                "region"),
            cause(
                "another account",
                sound.with(account, "999988887777"),
                sound.with(account, server.account()),
                "aws-kms.connections",
                "credentials of that account, or correct the setting"),
            cause(
                "an unknown host",
                unknown,
                sound,
                account,
                "host's name in .*aws-kms\\..*endpoint"),
            cause("a closed port", closed, sound, account, "port in .*aws-kms\\..*endpoint"),
            cause(
                "an untrusted certificate",
                aws(tls, tls.credentials(), machine),
                byTls,
                account,
                "aws-kms.trusted-certificate"),
            cause(
                "http in place of https",
                at(byTls, tls.endpoint().toString().replace("https", "http")),
                byTls,
                account,
                "write https://"),
            cause(
                "https in place of http",
                at(sound, server.endpoint().toString().replace("http", "https")),
                sound,
                account,
                "write http://"),
            cause("an expired token", ofSession, ahead(ahead), ofSession, account, "renew"),
            cause(
                "throttled",
                sound,
                failing(faults, Fault.Refused.Reason.THROTTLED),
                sound,
                account,
                "send less"),
            cause(
                "failing on its side",
                sound,
                failing(faults, Fault.Refused.Reason.INTERNAL_ERROR),
                sound,
                account,
                "Health Dashboard"))
        .map(cause -> test(cause, folder))
        .onClose(
            () -> {
              server.close();
              tls.close();
            });
  }

  private static Server ahead(AtomicReference<Duration> ahead) {
    return wrong -> ahead.set(wrong ? Duration.ofHours(2) : Duration.ZERO);
  }

  private static World aws(
      AwsKmsServer server, AwsCredentials credentials, FakeEnvironment machine) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("environment", "development");
    settings.put("backend", "aws-kms");
    settings.put("aws-kms.region", server.region());
    settings.put("aws-kms.access-key-id", credentials.accessKeyId());
    settings.put("aws-kms.secret-access-key", credentials.secretAccessKey());
    return at(new World(settings, machine), server.endpoint().toString());
  }

  private static World at(World world, String endpoint) {
    return world.with("aws-kms.endpoint", endpoint).with("aws-kms.sts-endpoint", endpoint);
  }

  private static Cause cause(
      String name, World wrong, World mended, String vain, String... advised) {
    return cause(name, wrong, Server.SOUND, mended, vain, advised);
  }

  private static final Map<String, String> VAIN =
      Map.of(
          "aws-kms.account-id", "111122223333",
          "aws-kms.connections", "7",
          "gcp-kms.connections", "2",
          "azure-keyvault.connections", "7");

  private static Cause cause(
      String name, World wrong, Server server, World mended, String vain, String... advised) {
    return new Cause(
        name,
        wrong,
        server,
        List.of(advised),
        mended,
        wrong.with(vain, Objects.requireNonNull(VAIN.get(vain))));
  }

  @TestFactory
  Stream<DynamicTest> gcp(@TempDir Path folder) {
    FaultInjector faults = new FaultInjector();
    GcpKmsServer server = GcpKmsServer.builder().keyRing("payments").faults(faults).start();
    GcpKmsServer tls = GcpKmsServer.builder().keyRing("payments").tls().start();
    FakeEnvironment machine =
        machine(folder).withFile(CERTIFICATE, tls.certificatePem().orElseThrow());
    World sound = gcp(server, "http://", machine);
    World byTls = gcp(tls, "https://", machine).with("gcp-kms.endpoint-certificate", CERTIFICATE);
    String vain = "gcp-kms.connections";
    String endpoint = "gcp-kms.endpoint";
    return Stream.of(
            cause(
                "a token that nobody takes",
                sound.with("gcp-kms.access-token", "ya29.wrong"),
                sound,
                vain,
                "renew"),
            cause(
                "a key ring that is not there",
                sound.with("gcp-kms.key-ring", server.keyRingName("other")),
                sound,
                vain,
                "gcp-kms.key-ring"),
            cause(
                "an unknown host",
                sound.with(endpoint, "https://no-such-host.invalid"),
                sound,
                vain,
                "host's name in .*gcp-kms.endpoint"),
            cause(
                "a closed port",
                sound.with(endpoint, "http://127.0.0.1:1"),
                sound,
                vain,
                "port in .*gcp-kms.endpoint"),
            cause(
                "an untrusted certificate",
                gcp(tls, "https://", machine),
                byTls,
                vain,
                "gcp-kms.endpoint-certificate"),
            cause(
                "http in place of https",
                byTls.with(endpoint, "http://" + tls.target()),
                byTls,
                vain,
                "https://"),
            cause(
                "https in place of http",
                sound.with(endpoint, "https://" + server.target()),
                sound,
                vain,
                "write http://"),
            cause(
                "throttled",
                sound,
                failing(faults, Fault.Refused.Reason.THROTTLED),
                sound,
                vain,
                "send less"),
            cause(
                "failing on its side",
                sound,
                failing(faults, Fault.Refused.Reason.UNAVAILABLE),
                sound,
                vain,
                "Service Health"))
        .map(cause -> test(cause, folder))
        .onClose(
            () -> {
              server.close();
              tls.close();
            });
  }

  private static World gcp(GcpKmsServer server, String scheme, FakeEnvironment machine) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("environment", "development");
    settings.put("backend", "gcp-kms");
    settings.put("gcp-kms.key-ring", server.keyRingName("payments"));
    settings.put("gcp-kms.endpoint", scheme + server.target());
    settings.put("gcp-kms.access-token", server.accessToken());
    return new World(settings, machine);
  }

  @TestFactory
  Stream<DynamicTest> azure(@TempDir Path folder) {
    FaultInjector faults = new FaultInjector();
    AzureKeyVaultServer server =
        AzureKeyVaultServer.builder()
            .identity(UUID.randomUUID().toString(), UUID.randomUUID().toString())
            .faults(faults)
            .start();
    World sound = azure(server, machine(folder));
    World unlisted = new World(new HashMap<>(sound.settings()), sound.machine());
    unlisted.settings().remove("azure-keyvault.trusted-certificate");
    String vain = "azure-keyvault.connections";
    String url = "azure-keyvault.vault-url";
    return Stream.of(
            cause(
                "an unknown host",
                allowing(sound, "https://no-such-host.invalid"),
                sound,
                vain,
                "host's name in .*" + url),
            cause(
                "a closed port",
                allowing(sound, "https://127.0.0.1:1"),
                sound,
                vain,
                "port in .*" + url),
            cause(
                "an untrusted certificate",
                unlisted,
                sound,
                vain,
                "azure-keyvault.trusted-certificate"),
            cause(
                "a federated token of nobody",
                sound.on(sound.machine().withFile(TOKEN, "a.b.c")),
                sound,
                vain,
                "federated credential"),
            cause(
                "another client",
                sound.on(
                    sound.machine().withVariable("AZURE_CLIENT_ID", UUID.randomUUID().toString())),
                sound,
                vain,
                "service account"),
            cause(
                "throttled",
                sound,
                failing(faults, Fault.Refused.Reason.THROTTLED),
                sound,
                vain,
                "send less"),
            cause(
                "failing on its side",
                sound,
                failing(faults, Fault.Refused.Reason.INTERNAL_ERROR),
                sound,
                vain,
                "Service Health"))
        .map(cause -> test(cause, folder))
        .onClose(server::close);
  }

  private static World allowing(World sound, String vault) {
    return sound
        .with("azure-keyvault.vault-url", vault)
        .with(
            "azure-keyvault.allowed-endpoints",
            Optional.ofNullable(sound.settings().get("azure-keyvault.allowed-endpoints"))
                    .orElseThrow()
                + ","
                + vault);
  }

  private static World azure(AzureKeyVaultServer server, FakeEnvironment machine) {
    URI authority = server.authorityHost();
    String origin = authority.getScheme() + "://" + authority.getAuthority();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("environment", "development");
    settings.put("backend", "azure-keyvault");
    settings.put("azure-keyvault.vault-url", server.vaultUrl().toString());
    settings.put("azure-keyvault.allowed-endpoints", server.vaultUrl() + "," + origin);
    settings.put("azure-keyvault.trusted-certificate", CERTIFICATE);
    return new World(
        settings,
        machine
            .withFile(CERTIFICATE, server.certificatePem())
            .withFile(TOKEN, server.federatedToken())
            .withVariable("AZURE_FEDERATED_TOKEN_FILE", TOKEN)
            .withVariable("AZURE_CLIENT_ID", server.clientId())
            .withVariable("AZURE_TENANT_ID", server.tenant())
            .withVariable("AZURE_AUTHORITY_HOST", origin + "/"));
  }
}
