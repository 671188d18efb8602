package dev.enclave.cli;

import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command in a pod of AKS, beside our own server. */
final class AzurePod {

  private static final String TOKEN = "/var/run/secrets/azure/tokens/azure-identity-token";
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";
  private static final String CERTIFICATE = "/etc/wallet/emulator.pem";

  private AzurePod() {}

  /** A vault. */
  static AzureKeyVaultServer serve(MutableClock clock) {
    return AzureKeyVaultServer.builder().clock(clock::now).start();
  }

  static Cli in(Path folder, AzureKeyVaultServer server, MutableClock clock) {
    return Cli.in(folder).on(machine -> pod(machine, server)).with(clock);
  }

  /** The same in a pod that may use the API server too. */
  static Cli withServiceAccount(Path folder, AzureKeyVaultServer server, MutableClock clock) {
    return Cli.in(folder)
        .on(
            machine ->
                pod(machine, server)
                    .withVariable("KUBERNETES_SERVICE_HOST", "10.0.0.1")
                    .withVariable("KUBERNETES_SERVICE_PORT", "443")
                    .withFile(ACCOUNT + "namespace", "payments")
                    .withFile(ACCOUNT + "token", "a.b.c")
                    .withFile(ACCOUNT + "ca.crt", server.certificatePem()))
        .with(clock);
  }

  /** A line without a setting. */
  static String[] without(String setting, String... line) {
    return Arrays.stream(line)
        .filter(argument -> !argument.startsWith("-D" + setting + "="))
        .toArray(String[]::new);
  }

  /** What AKS sets in a pod with a workload identity. */
  private static FakeEnvironment pod(FakeEnvironment machine, AzureKeyVaultServer server) {
    return machine
        .withFile(CERTIFICATE, server.certificatePem())
        .withFile(TOKEN, server.federatedToken())
        .withVariable("AZURE_FEDERATED_TOKEN_FILE", TOKEN)
        .withVariable("AZURE_CLIENT_ID", server.clientId())
        .withVariable("AZURE_TENANT_ID", server.tenant())
        .withVariable("AZURE_AUTHORITY_HOST", origin(server.authorityHost()) + "/");
  }

  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority();
  }

  static String[] line(AzureKeyVaultServer server, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=development");
    line.add("-Denclave.backend=azure-keyvault");
    line.add("-Denclave.azure-keyvault.vault-url=" + server.vaultUrl());
    line.add(
        "-Denclave.azure-keyvault.allowed-endpoints="
            + server.vaultUrl()
            + ","
            + origin(server.authorityHost()));
    line.add("-Denclave.azure-keyvault.trusted-certificate=" + CERTIFICATE);
    return line.toArray(String[]::new);
  }
}
