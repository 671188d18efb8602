package dev.enclave.aws.campaign;

import dev.enclave.emulators.AwsKmsServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A KMS in a process of its own: writes what points a client at it, and serves until a line comes.
 */
final class ServingProcess {

  private ServingProcess() {}

  /** Argument: the file for the settings. */
  public static void main(String[] arguments) throws Exception {
    try (AwsKmsServer server = AwsKmsServer.builder().start()) {
      Settings.write(Kms.settings(server), Path.of(arguments[0]));
      System.out.println("serving");
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
  }
}
