package dev.enclave.azure.internal.settings;

import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.Places;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The settings of the Azure Key Vault backend, read and checked.
 *
 * @param section all of them as they were written
 * @param vault never missing
 * @param trustedCertificate a file's path, as it was written
 * @param identityClientId the client id of a user-assigned identity, or of an application
 * @param federatedFrom the other cloud on which the workload runs
 * @param tenantId the directory of the application that a workload of another cloud acts as
 * @param rotationByVault whether versions that the vault made by itself are taken at a rotation
 * @param regions in how many regions it is
 * @param connections how many requests may be under way at once
 */
public record AzureSettings(
    CheckedSettings section,
    Origin vault,
    List<Origin> allowedEndpoints,
    Optional<String> trustedCertificate,
    Optional<String> identityClientId,
    Optional<String> federatedFrom,
    Optional<String> tenantId,
    boolean rotationByVault,
    Regions regions,
    int connections) {

  /**
   * In how many regions the vault or managed HSM takes writes, as the operator says. A managed HSM
   * may be extended to a second one, and what is written in either is seen in the other up to six
   * minutes later.
   */
  public enum Regions {
    ONE,
    SEVERAL,
    /** It was not said. A vault takes writes in one region alone. */
    UNSAID
  }

  public static final String VAULT_URL = "vault-url";
  public static final String ALLOWED_ENDPOINTS = "allowed-endpoints";
  public static final String TRUSTED_CERTIFICATE = "trusted-certificate";
  public static final String IDENTITY_CLIENT_ID = "identity-client-id";
  public static final String FEDERATED_FROM = "federated-from";
  public static final String TENANT_ID = "tenant-id";
  public static final String ROTATION_BY_VAULT = "rotation-by-vault";
  public static final String REGIONS = "regions";

  public static final List<SettingSpec> SPECS =
      CheckedSettings.specs(
          """
          vault-url: The vault or managed HSM, for example https://wallets.vault.azure.net or
            https://wallets.managedhsm.azure.net.
          identity-client-id: The client id of a user-assigned managed identity, for example
            1f8d2c3e-6a7b-4c5d-8e9f-0a1b2c3d4e5f; by default the system-assigned one.
          federated-from: The other cloud on which the workload runs, whose identity acts as the
            application identity-client-id: aws or google.
          tenant-id: The directory of that application, for example
            72f988bf-86f1-41af-91ab-2d7cd011db47.
          rotation-by-vault: Whether a version that the vault's own rotation policy made is taken at
            the next rotation: used or ignored; ignored by default.
          regions: In how many regions a managed HSM is: one or several. It creates and rotates keys
            only once this says one.
          allowed-endpoints: Endpoints that are trusted in development though they are not
            Microsoft's, for example https://127.0.0.1:8443, separated by commas.
          trusted-certificate: A file with the certificate, in PEM, of an endpoint that is not
            Microsoft's, for example /etc/wallet/emulator.pem.
          connections: How many connections to the vault there are at most, and so how many requests
            at once, 1 to 4096, for example 256; 1024 by default.
          """);

  /** More than a vault serves at once. */
  public static final int USUAL_CONNECTIONS = 1024;

  private static final int MOST_CONNECTIONS = 4096;

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

  private static final Pattern CLOUDS = Pattern.compile("aws|google");
  private static final Pattern IN_REGIONS = Pattern.compile("one|several");
  private static final Pattern TAKEN = Pattern.compile("used|ignored");

  private static final String ORIGIN_ALONE = Texts.ORIGIN_ALONE.with();

  /**
   * A place of Azure's own, or settings that trust somebody's own server, and a vault is named: no
   * place says which vault its keys are to be in.
   */
  public static final Places PLACES =
      new Places(
          "Azure",
          List.of(
              "azure-app-service",
              "azure-functions",
              "azure-container-apps",
              "azure-workload-identity",
              "azure-arc",
              "azure-vm"),
          List.of(ALLOWED_ENDPOINTS),
          Optional.of(VAULT_URL));

  /** Reads and checks all of them, and names the setting that will not do. */
  public static AzureSettings of(BackendSettings given) throws BackendFailure {
    String vaultUrl = given.require(VAULT_URL);
    CheckedSettings settings = new CheckedSettings(given);
    Optional<Origin> vault = settings.origin(VAULT_URL, Origin::parseTls, ORIGIN_ALONE);
    Optional<String> from = settings.text(FEDERATED_FROM, CLOUDS, Texts.WRITE_AWS_OR_GOOGLE.with());
    Optional<String> tenant = settings.text(TENANT_ID, UUID, Texts.WRITE_DIRECTORY.with());
    if (from.isEmpty() && tenant.isPresent()) {
      throw settings.wrong(
          TENANT_ID, tenant.get(), Texts.USED_WITH.with(settings.fullName(FEDERATED_FROM)));
    }
    return new AzureSettings(
        settings,
        vault.orElseThrow(() -> settings.wrong(VAULT_URL, vaultUrl, ORIGIN_ALONE)),
        settings.origins(ALLOWED_ENDPOINTS, Origin::parseTls, ORIGIN_ALONE),
        settings.text(TRUSTED_CERTIFICATE),
        settings.text(IDENTITY_CLIENT_ID, UUID, Texts.WRITE_CLIENT.with()),
        from,
        tenant,
        settings
            .text(ROTATION_BY_VAULT, TAKEN, Texts.WRITE_USED.with())
            .filter("used"::equals)
            .isPresent(),
        settings
            .text(REGIONS, IN_REGIONS, Texts.WRITE_ONE.with())
            .map(said -> said.equals("one") ? Regions.ONE : Regions.SEVERAL)
            .orElse(Regions.UNSAID),
        settings.connections("connections", USUAL_CONNECTIONS, MOST_CONNECTIONS));
  }
}
