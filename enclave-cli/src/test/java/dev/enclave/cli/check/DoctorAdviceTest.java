package dev.enclave.cli.check;

import dev.enclave.cli.check.Cause.Server;
import dev.enclave.cli.check.Cause.Vain;
import dev.enclave.cli.check.Cause.World;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.fault.FaultRule;
import dev.enclave.testkit.FakeEnvironment;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the doctor says to do about each cause is what mends it: it names the cause, doing it turns
 * the doctor green, and what does not mend it neither is said nor turns it green.
 */
@Tag("full")
class DoctorAdviceTest {

  private static final String CERTIFICATE = "/etc/enclave/server.pem";
  private static final String TOKEN = "/var/run/secrets/token";

  private static final String GCP_SIGN = "cloudkms.cryptoKeyVersions.useToSign";
  private static final String AZURE_SIGN = "Microsoft.KeyVault/vaults/keys/sign/action";

  private static Server denying(String action, Consumer<Denial> deny, Runnable clear) {
    return wrong -> {
      if (wrong) {
        deny.accept(Denial.of(action));
      } else {
        clear.run();
      }
    };
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
    FakeEnvironment machine = machine(folder).withFile(CERTIFICATE, tls.certificatePem());
    World sound = aws(server, server.credentials(), machine);
    // AWS KMS tells what a role may do with a key of a key that is there.
    sound.makeKey(folder);
    World byTls =
        aws(tls, tls.credentials(), machine).with("aws-kms.trusted-certificate", CERTIFICATE);
    AwsCredentials session = server.sessionCredentials("payments");
    World ofSession =
        aws(server, session, machine)
            .with("aws-kms.session-token", session.sessionToken().orElseThrow());
    Vain account = new Vain("aws-kms.account-id", "111122223333");
    World unknown = at(sound, "http://no-such-host.invalid");
    World closed = at(sound, "http://127.0.0.1:1");
    return Stream.of(
            new Cause(
                "a wrong secret",
                sound.with("aws-kms.secret-access-key", "wrong"),
                sound,
                account,
                "secret access key"),
            new Cause(
                "an unknown access key",
                sound.with("aws-kms.access-key-id", "AKIAIOSFODNN7EXAMPLE"),
                sound,
                account,
                "access key id"),
            new Cause(
                "another region",
                sound.with("aws-kms.region", "us-west-2"),
                sound,
                account,
                "region"),
            new Cause(
                "another account",
                sound.with(account.setting(), "999988887777"),
                sound.with(account.setting(), server.account()),
                new Vain("aws-kms.connections", "7"),
                "credentials of that account, or correct the setting"),
            new Cause(
                "an unknown host",
                unknown,
                sound,
                account,
                "host's name in .*aws-kms\\..*endpoint"),
            new Cause("a closed port", closed, sound, account, "port in .*aws-kms\\..*endpoint"),
            new Cause(
                "an untrusted certificate",
                aws(tls, tls.credentials(), machine),
                byTls,
                account,
                "aws-kms.trusted-certificate"),
            new Cause(
                "http in place of https",
                at(byTls, tls.endpoint().toString().replace("https", "http")),
                byTls,
                account,
                "write https://"),
            new Cause(
                "https in place of http",
                at(sound, server.endpoint().toString().replace("http", "https")),
                sound,
                account,
                "write http://"),
            new Cause("an expired token", ofSession, ahead(ahead), ofSession, account, "renew"),
            new Cause(
                "throttled",
                sound,
                failing(faults, Fault.Refused.Reason.THROTTLED),
                sound,
                account,
                "send less"),
            new Cause(
                "failing on its side",
                sound,
                failing(faults, Fault.Refused.Reason.INTERNAL_ERROR),
                sound,
                account,
                "Health Dashboard"),
            new Cause(
                "a role that may not sign",
                sound.probing(),
                denying("kms:Sign", server::deny, server::clearDenials),
                sound.probing(),
                account,
                "Allow kms:Sign"),
            new Cause(
                "a role that may not create keys",
                sound.probing(),
                denying("kms:CreateKey", server::deny, server::clearDenials),
                sound.probing(),
                account,
                "kms:CreateKey"),
            new Cause(
                "a role that may do nothing",
                sound.probing(),
                denying("kms:*", server::deny, server::clearDenials),
                sound.probing(),
                account,
                "kms:CreateKey",
                "kms:ListAliases"))
        .map(cause -> cause.test(folder))
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
    return at(World.of(settings, machine), server.endpoint().toString());
  }

  private static World at(World world, String endpoint) {
    return world.with("aws-kms.endpoint", endpoint).with("aws-kms.sts-endpoint", endpoint);
  }

  @TestFactory
  Stream<DynamicTest> gcp(@TempDir Path folder) {
    FaultInjector faults = new FaultInjector();
    GcpKmsServer server = GcpKmsServer.builder().keyRing("payments").faults(faults).start();
    GcpKmsServer tls = GcpKmsServer.builder().keyRing("payments").tls().start();
    FakeEnvironment machine = machine(folder).withFile(CERTIFICATE, tls.certificatePem());
    World sound = gcp(server, "http://", machine);
    World byTls = gcp(tls, "https://", machine).with("gcp-kms.endpoint-certificate", CERTIFICATE);
    Vain vain = new Vain("gcp-kms.connections", "2");
    String endpoint = "gcp-kms.endpoint";
    return Stream.of(
            new Cause(
                "a token that nobody takes",
                sound.with("gcp-kms.access-token", "ya29.wrong"),
                sound,
                vain,
                "renew"),
            new Cause(
                "a key ring that is not there",
                sound.with("gcp-kms.key-ring", server.keyRingName("other")),
                sound,
                vain,
                "gcp-kms.key-ring"),
            new Cause(
                "an unknown host",
                sound.with(endpoint, "https://no-such-host.invalid"),
                sound,
                vain,
                "host's name in .*gcp-kms.endpoint"),
            new Cause(
                "a closed port",
                sound.with(endpoint, "http://127.0.0.1:1"),
                sound,
                vain,
                "port in .*gcp-kms.endpoint"),
            new Cause(
                "an untrusted certificate",
                gcp(tls, "https://", machine),
                byTls,
                vain,
                "gcp-kms.endpoint-certificate"),
            new Cause(
                "http in place of https",
                byTls.with(endpoint, "http://" + tls.target()),
                byTls,
                vain,
                "https://"),
            new Cause(
                "https in place of http",
                sound.with(endpoint, "https://" + server.target()),
                sound,
                vain,
                "write http://"),
            new Cause(
                "throttled",
                sound,
                failing(faults, Fault.Refused.Reason.THROTTLED),
                sound,
                vain,
                "send less"),
            new Cause(
                "failing on its side",
                sound,
                failing(faults, Fault.Refused.Reason.UNAVAILABLE),
                sound,
                vain,
                "Service Health"),
            new Cause(
                "a role that may not sign",
                sound.probing(),
                denying(GCP_SIGN, server::deny, server::clearDenials),
                sound.probing(),
                vain,
                "Grant " + GCP_SIGN),
            new Cause(
                "a role that may do nothing",
                sound.probing(),
                denying("*", server::deny, server::clearDenials),
                sound.probing(),
                vain,
                "Grant " + GCP_SIGN,
                "gcp-kms.key-ring"))
        .map(cause -> cause.test(folder))
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
    return World.of(settings, machine);
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
    World unlisted = sound.without("azure-keyvault.trusted-certificate");
    Vain vain = new Vain("azure-keyvault.connections", "7");
    String url = "azure-keyvault.vault-url";
    return Stream.of(
            new Cause(
                "a host that is no vault's",
                allowing(sound, "https://no-such-host.invalid"),
                sound,
                vain,
                "the vault's own address"),
            new Cause(
                "an unknown host",
                allowing(sound, "https://no-such-vault.vault.azure.net:9"),
                sound,
                vain,
                "host's name in .*" + url),
            new Cause(
                "a closed port",
                allowing(sound, "https://127.0.0.1:1"),
                sound,
                vain,
                "port in .*" + url),
            new Cause(
                "an untrusted certificate",
                unlisted,
                sound,
                vain,
                "azure-keyvault.trusted-certificate"),
            new Cause(
                "a federated token of nobody",
                sound.on(sound.machine().withFile(TOKEN, "a.b.c")),
                sound,
                vain,
                "federated credential"),
            new Cause(
                "another client",
                sound.on(
                    sound.machine().withVariable("AZURE_CLIENT_ID", UUID.randomUUID().toString())),
                sound,
                vain,
                "service account"),
            new Cause(
                "throttled",
                sound,
                failing(faults, Fault.Refused.Reason.THROTTLED),
                sound,
                vain,
                "send less"),
            new Cause(
                "failing on its side",
                sound,
                failing(faults, Fault.Refused.Reason.INTERNAL_ERROR),
                sound,
                vain,
                "Service Health"),
            new Cause(
                "a role that may not sign",
                sound.probing(),
                denying(AZURE_SIGN, server::deny, server::clearDenials),
                sound.probing(),
                vain,
                "Allow " + AZURE_SIGN),
            new Cause(
                "a role that may do nothing",
                sound.probing(),
                denying("*", server::deny, server::clearDenials),
                sound.probing(),
                vain,
                "Allow " + AZURE_SIGN))
        .map(cause -> cause.test(folder))
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
    return World.of(
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
