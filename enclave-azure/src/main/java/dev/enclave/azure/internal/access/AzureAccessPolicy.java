package dev.enclave.azure.internal.access;

import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The least that Azure must allow, as role definitions: for signing with keys that are there, and,
 * apart from it, for making and changing them. Azure knows no condition on a key's tags, so a role
 * holds for the whole vault, or for single keys by name.
 */
public final class AzureAccessPolicy {

  private static final List<AzureOperation> USING =
      List.of(AzureOperation.GET_KEY, AzureOperation.SIGN, AzureOperation.UNWRAP_KEY);

  private static final List<AzureOperation> MAKING =
      List.of(
          AzureOperation.GET_KEY,
          AzureOperation.SIGN,
          AzureOperation.CREATE_KEY,
          AzureOperation.UPDATE_KEY,
          AzureOperation.DELETE_KEY);

  private static final List<AzureOperation> ADOPTED =
      List.of(AzureOperation.GET_KEY, AzureOperation.SIGN, AzureOperation.UNWRAP_KEY);

  /** What a vault logs by itself is nothing (Key Vault, "Logging"). */
  private static final String LOGGING =
      """

      # A vault logs who uses its keys only once it has a diagnostic setting:
      az monitor diagnostic-settings create --name enclave-audit --resource <resource id> \\
        --workspace <workspace id> --logs '[{"category":"AuditEvent","enabled":true}]'\
      """;

  private AzureAccessPolicy() {}

  /** For this configuration. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    AzureSettings settings = AzureSettings.of(context.settings());
    boolean managedHsm =
        AzureCloud.of(settings.vault().host()).filter(AzureCloud.Place::managedHsm).isPresent();
    String vault = settings.vault().host().replaceFirst("\\..*", "");
    return AccessPolicy.of(true, (managedHsm ? local(vault) : roles(vault)) + "\n" + LOGGING);
  }

  private static String roles(String vault) {
    String scope =
        "/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/"
            + vault;
    return "# For signing, verifying and sealing with keys that are there:\n"
        + role("Enclave Key User", scope, USING)
        + "\n# For creating, rotating, switching off and destroying keys, besides:\n"
        + role("Enclave Key Maker", scope, MAKING)
        + "\n# For a key that something else made (enclave.keys.<name>), with its own name:\n"
        + role("Enclave Adopted Key User", scope + "/keys/<key name>", ADOPTED).stripTrailing();
  }

  private static String role(String name, String scope, List<AzureOperation> operations) {
    return """
    {
      "Name": "%s",
      "IsCustom": true,
      "Description": "Keys of Enclave in one vault",
      "Actions": [],
      "NotActions": [],
      "DataActions": [
    %s
      ],
      "NotDataActions": [],
      "AssignableScopes": ["%s"]
    }
    """
        .formatted(
            name,
            operations.stream()
                .map(operation -> operation.dataAction(false))
                .distinct()
                .map(action -> "    \"" + action + "\"")
                .collect(Collectors.joining(",\n")),
            scope);
  }

  /** A managed HSM has roles of its own, assigned within it. */
  private static String local(String hsm) {
    return Arrays.stream(
            new String[] {
              "# A managed HSM has roles of its own. For signing, verifying and sealing:",
              "az keyvault role assignment create --hsm-name "
                  + hsm
                  + " --role \"Managed HSM Crypto User\" --scope /keys --assignee <identity>",
              "# It also allows creating, rotating and deleting keys. For a key that something"
                  + " else",
              "# made, the same at its own scope: --scope /keys/<key name>"
            })
        .collect(Collectors.joining("\n"));
  }
}
