package dev.enclave.cli.emulator;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code enclave emulator azure}. */
@Command(
    name = "azure",
    sortOptions = false,
    description = {
      "Serve an Azure key vault on 127.0.0.1 until interrupted; its keys are gone then.",
      "Prints, one a line, the options that point another enclave command at it, and the two"
          + " variables by which that command finds the tokens of a managed identity."
    })
public final class EmulatorAzureCommand implements Callable<Integer> {

  private final Session session;

  @Mixin private final EmulatorServing serving = new EmulatorServing();

  public EmulatorAzureCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (AzureKeyVaultServer server = serving.start(session, EmulatorAzureCommand::started);
        Certificate certificate = Certificate.of(server)) {
      EmulatorServing.untilInterrupted(
          session, Texts.AZURE_KEY_VAULT.with(), server.vaultUrl(), lines(server, certificate));
    }
    return 0;
  }

  private static AzureKeyVaultServer started(int port, FaultInjector faults) {
    return AzureKeyVaultServer.builder()
        .port(port)
        .faults(faults)
        .journal(Journal.ofLast(EmulatorServing.KEPT_ENTRIES))
        .start();
  }

  private static List<String> lines(AzureKeyVaultServer server, Certificate certificate) {
    return List.of(
        "-D enclave.backend=azure-keyvault",
        "-D enclave.environment=development",
        "-D enclave.azure-keyvault.vault-url=" + server.vaultUrl(),
        "-D enclave.azure-keyvault.allowed-endpoints=" + server.vaultUrl(),
        "-D enclave.azure-keyvault.trusted-certificate=" + certificate.file(),
        "IDENTITY_ENDPOINT=" + server.identityEndpoint(),
        "IDENTITY_HEADER=" + server.identityHeader());
  }

  /** The server's certificate in a directory of its own, which goes when the command does. */
  private record Certificate(Path folder, Path file) implements AutoCloseable {

    static Certificate of(AzureKeyVaultServer server) {
      try {
        Path folder = Files.createTempDirectory("enclave-emulator-");
        Path file = folder.resolve("certificate.pem");
        // For Ctrl-C, which ends the process without closing anything; the last one goes first.
        folder.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
        Files.writeString(file, server.certificatePem());
        return new Certificate(folder, file);
      } catch (IOException e) {
        throw Texts.CERTIFICATE_NOT_WRITTEN.as(ErrorCode.INVALID_ARGUMENT);
      }
    }

    @Override
    public void close() {
      file.toFile().delete();
      folder.toFile().delete();
    }
  }
}
