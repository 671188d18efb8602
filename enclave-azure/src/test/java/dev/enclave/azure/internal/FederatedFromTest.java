package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.campaign.cloud.NamedHosts;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GoogleMetadataServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A workload on Google Cloud or AWS acts as an application, over the wire to all three. */
class FederatedFromTest {

  private static final String AUDIENCE = "api://AzureADTokenExchange";
  private static final String ROLE = "arn:aws:iam::111122223333:role/wallet";

  private final MutableClock clock = new MutableClock();
  private final GoogleMetadataServer google = GoogleMetadataServer.start(clock::now);
  private final AwsKmsServer aws =
      AwsKmsServer.builder().clock(clock::now).instanceRole("wallet").start();
  private final AzureKeyVaultServer azure =
      KeyVaults.server()
          .clock(clock::now)
          .trusts(google.tokenIssuer(), google.serviceAccountId(), AUDIENCE)
          .trusts(aws.tokenIssuer(), ROLE, AUDIENCE)
          .start();
  private final NamedHosts network =
      new NamedHosts().with("sts.eu-west-1.amazonaws.com", aws.endpoint());
  private final FakeEnvironment machine =
      KeyVaults.machine(azure)
          .withMetadata(network)
          .withVariable("AZURE_AUTHORITY_HOST", azure.authorityHost().toString());

  @AfterEach
  void stop() {
    google.close();
    aws.close();
    azure.close();
  }

  @Test
  void aWorkloadOnGoogleCloudUsesTheVault() throws Exception {
    network.with("169.254.169.254", google.endpoint());
    assertThat(use("google", machine)).isNotEmpty();
    assertThat(google.journal().of("MetadataIdentity")).isNotEmpty();
  }

  @Test
  void aWorkloadOnAwsUsesTheVault() throws Exception {
    network.with("169.254.169.254", aws.endpoint());
    assertThat(use("aws", machine)).isNotEmpty();
    assertThat(aws.journal().of("GetWebIdentityToken").get(0).principal().orElse(""))
        .contains(":assumed-role/wallet/");
  }

  @Test
  void saysWhatTheFederatedCredentialMustName_whereEntraRefuses() {
    network.with("169.254.169.254", google.endpoint());
    try (AzureKeyVaultServer other = KeyVaults.server().clock(clock::now).start()) {
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class,
              () ->
                  use(
                      other,
                      "google",
                      KeyVaults.machine(other)
                          .withMetadata(network)
                          .withVariable("AZURE_AUTHORITY_HOST", other.authorityHost().toString())));
      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(failure)
          .hasMessageContaining("https://accounts.google.com")
          .hasMessageContaining(AUDIENCE)
          .hasMessageNotContaining("eyJ");
    }
  }

  @Test
  void tellsWhyThePlatformHasNoToken() {
    network.with("169.254.169.254", URI.create("http://127.0.0.1:1"));
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> use("google", machine));
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("Google's metadata server gave no identity token");
  }

  @Test
  void showsEntraNothingButATokenForIt() {
    FakeMetadata hostile =
        new FakeMetadata()
            .answering(
                request ->
                    FakeMetadata.ok(
                        "e30.eyJhdWQiOiJzb21lYm9keS1lbHNlIn0.AAAA", "Metadata-Flavor", "Google"));
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> use("google", machine.withMetadata(hostile)));
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(azure.journal().of("Token")).isEmpty();
  }

  @Test
  void needsTheApplicationAndItsDirectory() {
    Map<String, String> settings = new TreeMap<>(KeyVaults.settings(azure));
    settings.put(AzureSettings.FEDERATED_FROM, "google");
    assertThat(failure(settings)).hasMessageContaining("tenant-id is not");
    settings.put(AzureSettings.FEDERATED_FROM, "ibm");
    assertThat(failure(settings)).hasMessageContaining("aws or google");
    settings.remove(AzureSettings.FEDERATED_FROM);
    settings.put(AzureSettings.TENANT_ID, azure.tenant());
    assertThat(failure(settings)).hasMessageContaining("federated-from");
  }

  private BackendFailure failure(Map<String, String> settings) {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> AzureSessions.open(KeyVaults.context(azure, clock, settings)).close());
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    return failure;
  }

  private String use(String from, FakeEnvironment on) throws BackendFailure {
    return use(azure, from, on);
  }

  /** Makes a key there. */
  private String use(AzureKeyVaultServer server, String from, FakeEnvironment on)
      throws BackendFailure {
    Map<String, String> settings = new TreeMap<>(KeyVaults.settings(server));
    settings.put(AzureSettings.FEDERATED_FROM, from);
    settings.put(AzureSettings.TENANT_ID, server.tenant());
    BackendContext context =
        BackendContext.of(
                new BackendSettings(BackendId.AZURE_KEYVAULT, settings),
                EnvironmentType.DEVELOPMENT,
                on,
                clock,
                new SecureRandom())
            .acknowledging(true);
    try (BareKeys keys =
        AzureKeyVaultBackend.bareKeys(
            AzureSessions.open(
                context,
                KeyVaults.by(KeyVaults.network(server)),
                () -> new NamedExchange(network)))) {
      return keys.make(SigningAlgorithm.ECDSA_P256_SHA256, KeyVaults.call(clock));
    }
  }
}
