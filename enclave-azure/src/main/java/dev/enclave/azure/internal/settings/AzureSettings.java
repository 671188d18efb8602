package dev.enclave.azure.internal.settings;

import dev.enclave.azure.internal.model.AzureOrigin;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The settings of the Azure Key Vault backend, read and checked. Immutable. */
public final class AzureSettings {

  public static final String VAULT_URL = "vault-url";
  public static final String ALLOWED_ENDPOINTS = "allowed-endpoints";
  public static final String TRUSTED_CERTIFICATE = "trusted-certificate";
  public static final String IDENTITY_CLIENT_ID = "identity-client-id";
  public static final String ROTATION_BY_VAULT = "rotation-by-vault";

  public static final List<SettingSpec> SPECS =
      List.of(
          SettingSpec.of(
              VAULT_URL,
              "The vault or managed HSM, for example https://wallets.vault.azure.net or"
                  + " https://wallets.managedhsm.azure.net."),
          SettingSpec.of(
              IDENTITY_CLIENT_ID,
              "The client id of a user-assigned managed identity, for example"
                  + " 1f8d2c3e-6a7b-4c5d-8e9f-0a1b2c3d4e5f; by default the system-assigned one."),
          SettingSpec.of(
              ROTATION_BY_VAULT,
              "Whether a version that the vault's own rotation policy made is taken at the next"
                  + " rotation: used or ignored; ignored by default."),
          SettingSpec.of(
              ALLOWED_ENDPOINTS,
              "Endpoints that are trusted in development though they are not Microsoft's, for"
                  + " example https://127.0.0.1:8443, separated by commas."),
          SettingSpec.of(
              TRUSTED_CERTIFICATE,
              "A file with the certificate, in PEM, of an endpoint that is not Microsoft's, for"
                  + " example /etc/wallet/emulator.pem."));

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

  private final BackendSettings settings;
  private final AzureOrigin vault;
  private final List<AzureOrigin> allowed;
  private final Optional<String> identity;
  private final boolean rotationByVault;

  private AzureSettings(BackendSettings settings) throws BackendFailure {
    this.settings = settings;
    this.vault = origin(settings, VAULT_URL, settings.require(VAULT_URL));
    this.allowed = origins(settings);
    this.identity = identity(settings);
    this.rotationByVault = rotationByVault(settings);
  }

  /**
   * Reads and checks all of them.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED}, naming the setting
   */
  public static AzureSettings of(BackendSettings settings) throws BackendFailure {
    return new AzureSettings(settings);
  }

  /** The vault; never missing. */
  public AzureOrigin vault() {
    return vault;
  }

  List<AzureOrigin> allowedEndpoints() {
    return allowed;
  }

  /** A file's path, as it was written. */
  public Optional<String> trustedCertificate() {
    return settings.get(TRUSTED_CERTIFICATE).map(String::strip).filter(t -> !t.isEmpty());
  }

  /** The client id of a user-assigned identity. */
  public Optional<String> identityClientId() {
    return identity;
  }

  /** Whether versions that the vault made by itself are taken at a rotation. */
  public boolean rotationByVault() {
    return rotationByVault;
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return settings.fullName(name);
  }

  private static List<AzureOrigin> origins(BackendSettings settings) throws BackendFailure {
    List<AzureOrigin> origins = new ArrayList<>();
    for (String text : settings.get(ALLOWED_ENDPOINTS).orElse("").split(",", -1)) {
      if (!text.isBlank()) {
        origins.add(origin(settings, ALLOWED_ENDPOINTS, text));
      }
    }
    return List.copyOf(origins);
  }

  private static AzureOrigin origin(BackendSettings settings, String name, String text)
      throws BackendFailure {
    return AzureOrigin.parse(text.strip())
        .orElseThrow(
            () ->
                misconfigured(
                    settings.fullName(name),
                    text,
                    "Write https, host and port alone, such as https://wallets.vault.azure.net."));
  }

  private static Optional<String> identity(BackendSettings settings) throws BackendFailure {
    Optional<String> text =
        settings.get(IDENTITY_CLIENT_ID).map(String::strip).filter(t -> !t.isEmpty());
    if (text.filter(t -> !UUID.matcher(t).matches()).isPresent()) {
      throw misconfigured(
          settings.fullName(IDENTITY_CLIENT_ID),
          text.get(),
          "Write the identity's client id, which az identity show prints.");
    }
    return text;
  }

  private static boolean rotationByVault(BackendSettings settings) throws BackendFailure {
    String text = settings.get(ROTATION_BY_VAULT).map(String::strip).orElse("ignored");
    return switch (text) {
      case "used" -> true;
      case "ignored", "" -> false;
      default ->
          throw misconfigured(settings.fullName(ROTATION_BY_VAULT), text, "Write used or ignored.");
    };
  }

  public static BackendFailure misconfigured(String setting, String value, String fix) {
    return BackendFailure.permanent(
        FailureCode.MISCONFIGURED, "Setting " + setting + " is " + Quoted.of(value) + ". " + fix);
  }
}
