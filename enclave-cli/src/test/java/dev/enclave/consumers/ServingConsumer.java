package dev.enclave.consumers;

import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A user's tests, on the class path that Maven gave them: serves three clouds until its input ends.
 * It prints a blank-separated line per cloud: the variables by which a {@link Consumer} reaches it.
 */
final class ServingConsumer {

  private ServingConsumer() {}

  public static void main(String[] arguments) throws IOException {
    Path certificate = Path.of(arguments[0]);
    try (AwsKmsServer aws = AwsKmsServer.builder().start();
        AzureKeyVaultServer azure = AzureKeyVaultServer.builder().start();
        GcpKmsServer gcp = GcpKmsServer.builder().keyRing("wallet").start()) {
      Files.writeString(certificate, azure.certificatePem());
      print(
          "ENCLAVE_BACKEND=aws-kms",
          "ENCLAVE_AWS_KMS_REGION=" + aws.region(),
          "ENCLAVE_AWS_KMS_ENDPOINT=" + aws.endpoint(),
          "ENCLAVE_AWS_KMS_STS_ENDPOINT=" + aws.endpoint(),
          "ENCLAVE_AWS_KMS_ACCESS_KEY_ID=" + aws.credentials().accessKeyId(),
          "ENCLAVE_AWS_KMS_SECRET_ACCESS_KEY=" + aws.credentials().secretAccessKey());
      print(
          "ENCLAVE_BACKEND=azure-keyvault",
          "ENCLAVE_AZURE_KEYVAULT_VAULT_URL=" + azure.vaultUrl(),
          "ENCLAVE_AZURE_KEYVAULT_ALLOWED_ENDPOINTS=" + azure.vaultUrl(),
          "ENCLAVE_AZURE_KEYVAULT_TRUSTED_CERTIFICATE=" + certificate,
          "IDENTITY_ENDPOINT=" + azure.identityEndpoint(),
          "IDENTITY_HEADER=" + azure.identityHeader());
      print(
          "ENCLAVE_BACKEND=gcp-kms",
          "ENCLAVE_GCP_KMS_KEY_RING=" + gcp.keyRingName("wallet"),
          "ENCLAVE_GCP_KMS_ENDPOINT=http://" + gcp.target(),
          "ENCLAVE_GCP_KMS_ACCESS_TOKEN=" + gcp.accessToken());
      // Until whoever started it ends.
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void print(String... variables) {
    System.out.println(String.join(" ", variables));
  }
}
