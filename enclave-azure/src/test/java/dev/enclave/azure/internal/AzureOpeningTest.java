package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.FakeEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which vault, and whose tokens: decided by settings and variables, before anybody is asked. */
class AzureOpeningTest {

  private static final EnvironmentType PRODUCTION = EnvironmentType.PRODUCTION;
  private static final EnvironmentType DEVELOPMENT = EnvironmentType.DEVELOPMENT;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://wallets.vault.azure.net",
        "https://WALLETS.vault.azure.net/",
        "https://wallets.managedhsm.azure.net",
        "https://wallets.vault.azure.cn",
        "https://wallets.managedhsm.azure.cn",
        "https://wallets.vault.usgovcloudapi.net",
        "https://wallets.managedhsm.usgovcloudapi.net"
      })
  void takesVaultsOfMicrosoft_inProduction(String url) throws BackendFailure {
    assertThat(Openings.in(PRODUCTION).with(AzureSettings.VAULT_URL, url).identity())
        .isEqualTo("the instance metadata service");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://vault.azure.net",
        "https://wallets.vault.azure.net.evil.example",
        "https://a.b.vault.azure.net",
        "https://wallets.vault.azure.net:8443",
        "https://127.0.0.1:8443",
        "https://evil-vault.azure.net"
      })
  void refusesEveryOtherHost_inProduction_alsoIfItIsAllowed(String url) {
    for (EnvironmentType strict : new EnvironmentType[] {PRODUCTION, EnvironmentType.STAGING}) {
      BackendFailure failure =
          Openings.in(strict)
              .with(AzureSettings.VAULT_URL, url)
              .with(AzureSettings.ALLOWED_ENDPOINTS, url)
              .failure();
      assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
      assertThat(failure).hasMessageContaining("no vault or managed HSM of Microsoft's");
    }
  }

  /** Its challenge would have to name a domain of its own, for which nobody has a token. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://wallet.example:8443",
        "https://wallets.vault.azure.net.evil.example",
        "https://evil-vault.azure.net",
        "https://192.168.0.1:8443"
      })
  void sendsNoTokenElsewhere_alsoInDevelopment_andIfItIsAllowed(String url) throws BackendFailure {
    BackendFailure failure =
        Openings.in(DEVELOPMENT)
            .with(AzureSettings.VAULT_URL, url)
            .with(AzureSettings.ALLOWED_ENDPOINTS, url)
            .failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("no token goes there");
    assertThat(
            Openings.in(DEVELOPMENT)
                .with(AzureSettings.VAULT_URL, "https://wallets.vault.azure.net:8443")
                .identity())
        .isEqualTo("the Azure CLI");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://wallets.vault.azure.net", "wallets", "https://x/keys", "https://u@x"})
  void refusesWhatIsNoAddressByTls(String url) {
    BackendFailure failure = Openings.in(DEVELOPMENT).with(AzureSettings.VAULT_URL, url).failure();
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("enclave.azure-keyvault.vault-url");
  }

  @Test
  void takesNoOtherCertificate_forMicrosoftsOwn() {
    assertThat(Openings.in(DEVELOPMENT).with(AzureSettings.TRUSTED_CERTIFICATE, "/x.pem").failure())
        .hasMessageContaining("needs no setting");
  }

  @Test
  void saysWhichFileHasNoCertificate() {
    BackendFailure failure =
        Openings.in(DEVELOPMENT)
            .with(AzureSettings.VAULT_URL, "https://127.0.0.1:8443")
            .with(AzureSettings.TRUSTED_CERTIFICATE, "/x.pem")
            .on(FakeEnvironment.empty().withFile("/x.pem", "nonsense"))
            .failure();
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("/x.pem");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "true", "TRUE"})
  void refusesAProcess_whoseHttpClientRepeatsChangesByItself(String value) {
    FakeEnvironment machine =
        FakeEnvironment.empty().withProperty("jdk.httpclient.enableAllMethodRetry", value);
    BackendFailure failure = Openings.in(DEVELOPMENT).on(machine).failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("jdk.httpclient.enableAllMethodRetry");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "true", "TRUE"})
  void refusesAProcess_inWhichAnyCertificateIsGood(String value) {
    String property = "jdk.internal.httpclient.disableHostnameVerification";
    FakeEnvironment machine = FakeEnvironment.empty().withProperty(property, value);
    for (EnvironmentType environment : EnvironmentType.values()) {
      BackendFailure failure = Openings.in(environment).on(machine).failure();
      assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
      assertThat(failure).hasMessageContaining(property);
    }
  }

  @Test
  void opensWhereThatIsSwitchedOff() throws BackendFailure {
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withProperty("jdk.httpclient.enableAllMethodRetry", "false")
            .withProperty("jdk.internal.httpclient.disableHostnameVerification", "false");
    assertThat(Openings.in(PRODUCTION).on(machine).identity())
        .isEqualTo("the instance metadata service");
  }

  @Test
  void promisesAnHsm_whereMicrosoftOrSomebodyAllowedAnswers() throws BackendFailure {
    String other = "https://127.0.0.1:8443";
    assertThat(promised(Openings.in(PRODUCTION))).isEqualTo(Assurance.HSM);
    assertThat(promised(Openings.in(DEVELOPMENT).with(AzureSettings.VAULT_URL, other)))
        .isEqualTo(Assurance.SOFTWARE);
    assertThat(
            promised(
                Openings.in(DEVELOPMENT)
                    .with(AzureSettings.VAULT_URL, other)
                    .with(AzureSettings.ALLOWED_ENDPOINTS, other)))
        .isEqualTo(Assurance.HSM);
  }

  private static Assurance promised(Openings openings) throws BackendFailure {
    try (SigningBackend backend = new AzureKeyVaultBackendProvider().open(openings.context())) {
      return backend.describe().assuranceCeiling().orElseThrow();
    }
  }

  private static FakeEnvironment pod() {
    return FakeEnvironment.empty()
        .withVariable("AZURE_FEDERATED_TOKEN_FILE", "/var/run/secrets/azure/tokens/t")
        .withVariable("AZURE_CLIENT_ID", "1f8d2c3e-6a7b-4c5d-8e9f-0a1b2c3d4e5f")
        .withVariable("AZURE_TENANT_ID", "72f988bf-86f1-41af-91ab-2d7cd011db47");
  }

  @Test
  void takesTheWorkloadIdentity_beforeAllOthers() throws BackendFailure {
    assertThat(
            Openings.in(PRODUCTION)
                .on(
                    pod()
                        .withVariable("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/")
                        .withVariable("IDENTITY_ENDPOINT", "http://127.0.0.1:41234/msi/token")
                        .withVariable("IDENTITY_HEADER", "secret"))
                .identity())
        .startsWith("workload identity 1f8d2c3e");
  }

  @ParameterizedTest
  @CsvSource({
    "https://wallets.vault.azure.net, https://login.chinacloudapi.cn/",
    "https://wallets.vault.azure.cn, https://login.microsoftonline.com/",
    "https://wallets.vault.azure.net, https://login.evil.example/",
  })
  void refusesAnotherPlaceForTokens_thanTheVaultsCloudHas(String vault, String authority) {
    BackendFailure failure =
        Openings.in(PRODUCTION)
            .with(AzureSettings.VAULT_URL, vault)
            .on(pod().withVariable("AZURE_AUTHORITY_HOST", authority))
            .failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("AZURE_AUTHORITY_HOST");
  }

  @Test
  void takesTheAppsIdentity_whereThePlatformNamesItsEndpoint() throws BackendFailure {
    assertThat(
            Openings.in(PRODUCTION)
                .on(
                    FakeEnvironment.empty()
                        .withVariable("IDENTITY_ENDPOINT", "http://127.0.0.1:41234/msi/token")
                        .withVariable("IDENTITY_HEADER", "secret"))
                .identity())
        .contains("IDENTITY_ENDPOINT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:12356/msi/token",
        "http://169.254.129.5:8081/msi/token",
        "http://172.16.1.2:8081/msi/token"
      })
  void takesTheAddresses_thatPlatformsHaveItAt(String endpoint) throws BackendFailure {
    assertThat(
            Openings.in(PRODUCTION)
                .on(
                    FakeEnvironment.empty()
                        .withVariable("IDENTITY_ENDPOINT", endpoint)
                        .withVariable("IDENTITY_HEADER", "secret"))
                .identity())
        .contains("IDENTITY_ENDPOINT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example/msi/token",
        "https://evil.example/msi/token",
        "https://127.0.0.1:8081/msi/token",
        "http://10.0.0.1:8081/msi/token",
        "http://172.32.0.1:8081/msi/token",
        "http://192.168.0.1:8081/msi/token",
        "http://127.0.0.1.evil.example:8081/msi/token",
        "nonsense"
      })
  void refusesAnIdentityEndpoint_elsewhere(String endpoint) {
    BackendFailure failure =
        Openings.in(PRODUCTION)
            .on(
                FakeEnvironment.empty()
                    .withVariable("IDENTITY_ENDPOINT", endpoint)
                    .withVariable("IDENTITY_HEADER", "secret"))
            .failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_PASSWORD"})
  void refusesSecretsOfApplications_inProduction(String variable) {
    BackendFailure failure =
        Openings.in(PRODUCTION).on(pod().withVariable(variable, "top-secret")).failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining(variable).hasMessageNotContaining("top-secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"IMDS_ENDPOINT", "MSI_ENDPOINT"})
  void refusesPlacesWhoseIdentitiesItDoesNotUse(String variable) {
    assertThat(
            Openings.in(PRODUCTION)
                .on(FakeEnvironment.empty().withVariable(variable, "x"))
                .failure())
        .hasMessageContaining(variable);
  }

  /** Service Fabric has all three; where one is missing it is another place. */
  @Test
  void refusesServiceFabric_byAllItsVariables() {
    FakeEnvironment fabric =
        FakeEnvironment.empty()
            .withVariable("IDENTITY_ENDPOINT", "https://localhost:2377/metadata/identity")
            .withVariable("IDENTITY_HEADER", "secret")
            .withVariable("IDENTITY_SERVER_THUMBPRINT", "ab12");
    assertThat(Openings.in(PRODUCTION).on(fabric).failure())
        .hasMessageContaining("IDENTITY_SERVER_THUMBPRINT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"})
  void asksTheMetadataService_whereNoEndpointIsNamed(String variable) throws BackendFailure {
    FakeEnvironment group = FakeEnvironment.empty().withVariable(variable, "secret");
    assertThat(Openings.in(PRODUCTION).on(group).identity())
        .isEqualTo("the instance metadata service");
  }

  /** As in a container group, which has no asset tag. */
  @Test
  void asksTheMetadataService_inDevelopmentToo_whereAHeaderIsSet() throws BackendFailure {
    FakeEnvironment group = FakeEnvironment.empty().withVariable("IDENTITY_HEADER", "secret");
    assertThat(Openings.in(DEVELOPMENT).on(group).identity())
        .isEqualTo("the instance metadata service");
  }

  @Test
  void saysWhatIsMissing_whereAnIdentityIsHalfSet() {
    assertThat(
            Openings.in(PRODUCTION)
                .on(FakeEnvironment.empty().withVariable("AZURE_FEDERATED_TOKEN_FILE", "/t"))
                .failure())
        .hasMessageContaining("AZURE_CLIENT_ID is not");
    assertThat(
            Openings.in(PRODUCTION)
                .on(
                    FakeEnvironment.empty()
                        .withVariable("IDENTITY_ENDPOINT", "http://127.0.0.1:41234/msi/token"))
                .failure())
        .hasMessageContaining("IDENTITY_HEADER is not");
  }

  /** Its tokens are for the cluster's own proxy: Microsoft Entra takes none of them. */
  @ParameterizedTest
  @EnumSource(EnvironmentType.class)
  void refusesAnIdentityBindingOfAks_andSaysWhatToTakeOff(EnvironmentType environment) {
    FakeEnvironment bound =
        pod()
            .withVariable("AZURE_KUBERNETES_TOKEN_PROXY", "https://proxy.test/secret")
            .withVariable("AZURE_KUBERNETES_CA_FILE", "/ca.crt")
            .withVariable("AZURE_KUBERNETES_SNI_NAME", "proxy.test");
    assertThat(Openings.in(environment).on(bound).failure())
        .hasMessageContaining("AZURE_KUBERNETES_TOKEN_PROXY")
        .hasMessageContaining("azure.workload.identity/use-identity-binding")
        .hasMessageContaining("federated credential")
        .hasMessageNotContaining("proxy.test");
  }

  @Test
  void namesThePodsLabel_whereAPodHasNoWorkloadIdentity() throws BackendFailure {
    FakeEnvironment pod =
        FakeEnvironment.empty().withVariable("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    assertThat(Openings.in(PRODUCTION).on(pod).fix())
        .contains("azure.workload.identity/use: \"true\"")
        .contains("azure.workload.identity/client-id");
    assertThat(Openings.in(PRODUCTION).fix()).doesNotContain("azure.workload.identity");
    assertThat(
            Openings.in(PRODUCTION)
                .on(FakeEnvironment.empty().withVariable("AZURE_FEDERATED_TOKEN_FILE", "/t"))
                .failure())
        .hasMessageContaining("azure.workload.identity/client-id");
  }

  @Test
  void asksTheCommandLine_inDevelopmentAwayFromAzureAlone() throws BackendFailure {
    assertThat(Openings.in(DEVELOPMENT).identity()).isEqualTo("the Azure CLI");
    assertThat(
            Openings.in(DEVELOPMENT)
                .on(
                    FakeEnvironment.empty()
                        .withDmi("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77"))
                .identity())
        .isEqualTo("the instance metadata service");
    assertThat(Openings.in(PRODUCTION).identity()).isEqualTo("the instance metadata service");
  }
}
