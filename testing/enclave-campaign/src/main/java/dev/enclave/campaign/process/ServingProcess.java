package dev.enclave.campaign.process;

import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.Clouds;
import dev.enclave.emulators.fault.FaultInjector;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * A server in a process of its own: writes what points a client at it, and serves until a line
 * comes.
 */
public final class ServingProcess {

  private ServingProcess() {}

  /** Arguments: the cloud, the file for the deployment. */
  public static void main(String[] arguments) throws Exception {
    try (CloudServer server =
        Clouds.named(arguments[0]).start(new FaultInjector(), InstantSource.system())) {
      server.deployment().write(Path.of(arguments[1]));
      System.out.println("serving");
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
  }
}
