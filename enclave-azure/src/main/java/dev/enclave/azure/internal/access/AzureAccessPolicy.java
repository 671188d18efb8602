package dev.enclave.azure.internal.access;

import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The least that Azure must allow, as role definitions: for using keys that are there, and, apart
 * from it, for making and changing them, and for restoring them. Azure knows no condition on a
 * key's tags, so a role holds for the whole vault, or for single keys by name. A managed HSM has
 * roles of its own, and encrypts by AES keys besides.
 */
public final class AzureAccessPolicy {

  private static final List<AzureOperation> USING =
      List.of(AzureOperation.GET_KEY, AzureOperation.SIGN, AzureOperation.UNWRAP_KEY);

  /** By keys that only a managed HSM has. */
  private static final List<AzureOperation> USING_AES =
      List.of(AzureOperation.ENCRYPT, AzureOperation.DECRYPT);

  /** A key whose last version is destroyed is deleted, and then read once more. */
  private static final List<AzureOperation> MAKING =
      List.of(
          AzureOperation.GET_KEY,
          AzureOperation.SIGN,
          AzureOperation.CREATE_KEY,
          AzureOperation.UPDATE_KEY,
          AzureOperation.DELETE_KEY,
          AzureOperation.GET_DELETED_KEY);

  private static final List<AzureOperation> RESTORING = List.of(AzureOperation.IMPORT_KEY);

  /** What a vault logs by itself is nothing (Key Vault, "Logging"). */
  private static final String LOGGING =
      """

      # A vault logs who uses its keys only once it has a diagnostic setting. Its rows come into the
      # table AZKVAuditLogs, which the guide's query reads, only as the last line says:
      az monitor diagnostic-settings create --name enclave-audit --resource <resource id> \\
        --workspace <workspace id> --logs '[{"category":"AuditEvent","enabled":true}]' \\
        --export-to-resource-specific true\
      """;

  private AzureAccessPolicy() {}

  /** For this configuration. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    AzureSettings settings = AzureSettings.of(context.settings());
    boolean managedHsm =
        AzureCloud.of(settings.vault().host()).filter(AzureCloud.Place::managedHsm).isPresent();
    String vault = settings.vault().host().replaceFirst("\\..*", "");
    return AccessPolicy.of(true, (managedHsm ? local(vault) : roles(vault)) + "\n" + LOGGING)
        .withProviderLog(
            "Azure logs who uses keys of "
                + settings.vault().host()
                + " only once it has a diagnostic setting for AuditEvent, which cannot be seen from"
                + " here; doctor --iam prints the command, and docs/azure.md the query that finds"
                + " an operation of the audit log.");
  }

  private static String roles(String vault) {
    String scope =
        "/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/"
            + vault;
    return "# For signing, verifying and sealing with keys that are there:\n"
        + role("Enclave Key User", scope, USING)
        + "\n# For creating, rotating, switching off and destroying keys, besides:\n"
        + role("Enclave Key Maker", scope, MAKING)
        + "\n# For restoring backups, besides both; take it away again afterwards:\n"
        + role("Enclave Key Restorer", scope, RESTORING)
        + "\n# For a key that something else made (enclave.keys.<name>), with its own name:\n"
        + role("Enclave Adopted Key User", scope + "/keys/<key name>", USING).stripTrailing();
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
        .formatted(name, dataActions(operations, false), scope);
  }

  private static String dataActions(List<AzureOperation> operations, boolean managedHsm) {
    return operations.stream()
        .map(operation -> operation.dataAction(managedHsm))
        .distinct()
        .map(action -> "    \"" + action + "\"")
        .collect(Collectors.joining(",\n"));
  }

  private static String local(String hsm) {
    return "# A managed HSM has roles of its own. For signing, verifying and sealing:\n"
        + localRole(hsm, "Enclave Key User", "/keys", Stream.of(USING, USING_AES))
        + "\n# For creating, rotating, switching off and destroying keys, besides:\n"
        + localRole(hsm, "Enclave Key Maker", "/keys", Stream.of(MAKING))
        + "\n# For restoring backups, besides both; take it away again afterwards:\n"
        + localRole(hsm, "Enclave Key Restorer", "/keys", Stream.of(RESTORING))
        + "\n# For a key that something else made (enclave.keys.<name>), the first role at its own"
        + " scope:\n"
        + assignment(hsm, "Enclave Key User", "/keys/<key name>");
  }

  private static String localRole(
      String hsm, String name, String scope, Stream<List<AzureOperation>> operations) {
    return """
    az keyvault role definition create --hsm-name %s --role-definition '{
      "roleName": "%s",
      "description": "Keys of Enclave",
      "actions": [],
      "notActions": [],
      "dataActions": [
    %s
      ],
      "notDataActions": []
    }'
    %s
    """
        .formatted(
            hsm,
            name,
            dataActions(operations.flatMap(List::stream).toList(), true),
            assignment(hsm, name, scope));
  }

  private static String assignment(String hsm, String role, String scope) {
    return "az keyvault role assignment create --hsm-name "
        + hsm
        + " --role \""
        + role
        + "\" --scope "
        + scope
        + " --assignee <identity>";
  }
}
