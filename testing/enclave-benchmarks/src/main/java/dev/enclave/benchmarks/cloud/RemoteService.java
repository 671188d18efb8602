package dev.enclave.benchmarks.cloud;

import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A cloud's server in a JVM of its own, which answers at once until it is told to be {@link #far}
 * away. It ends with whoever started it.
 */
public final class RemoteService implements AutoCloseable {

  /** As a service in the same region may be. */
  private static final Duration LATENCY = Duration.ofMillis(20);

  private static final String FAR = "far";
  private static final String READY = "ready";
  private static final String SETTING = "setting ";
  private static final String VARIABLE = "variable ";
  private static final String FILE = "file ";

  private final Process process;
  private final BufferedReader said;
  private final RemoteCloud.Address address;

  private RemoteService(Process process, BufferedReader said, RemoteCloud.Address address) {
    this.process = process;
    this.said = said;
    this.address = address;
  }

  public static RemoteService start(RemoteCloud cloud) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                RemoteService.class.getName(),
                cloud.id())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return new RemoteService(process, said, address(process, said, cloud));
  }

  private static RemoteCloud.Address address(
      Process process, BufferedReader said, RemoteCloud cloud) throws IOException {
    Map<String, String> settings = new HashMap<>();
    Map<String, String> variables = new HashMap<>();
    Map<String, String> files = new HashMap<>();
    for (String line = said.readLine(); !READY.equals(line); line = said.readLine()) {
      if (line == null) {
        process.destroy();
        throw new IllegalStateException(
            "The server of " + cloud.title() + " did not start; it says why above.");
      }
      put(line, SETTING, settings);
      put(line, VARIABLE, variables);
      put(line, FILE, files);
    }
    return new RemoteCloud.Address(settings, variables, files);
  }

  private static void put(String line, String kind, Map<String, String> map) {
    if (line.startsWith(kind)) {
      String[] pair = line.substring(kind.length()).split(" ", 2);
      map.put(pair[0], new String(Base64.getDecoder().decode(pair[1]), StandardCharsets.UTF_8));
    }
  }

  /**
   * Serves until its standard input ends. Says first what points a client at it.
   *
   * @param args the cloud
   */
  public static void main(String[] args) throws IOException {
    FaultInjector faults = new FaultInjector();
    try (RemoteCloud.Server server = RemoteClouds.of(args[0]).serve(faults)) {
      server.address().settings().forEach((name, value) -> say(SETTING, name, value));
      server.address().variables().forEach((name, value) -> say(VARIABLE, name, value));
      server.address().files().forEach((path, text) -> say(FILE, path, text));
      say(READY);
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (FAR.equals(orders.readLine())) {
        faults.follow(FaultPlan.NONE.every("*", 1, Fault.latency(LATENCY)));
        say(READY);
      }
    }
  }

  /** A file has several lines. */
  private static void say(String kind, String name, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    say(kind + name + " " + Base64.getEncoder().encodeToString(text));
  }

  private static void say(String line) {
    System.out.println(line);
  }

  public RemoteCloud.Address address() {
    return address;
  }

  /** From now on every answer is 20 ms late. */
  public void far() throws IOException {
    OutputStream orders = process.getOutputStream();
    orders.write((FAR + "\n").getBytes(StandardCharsets.UTF_8));
    orders.flush();
    if (!READY.equals(said.readLine())) {
      throw new IllegalStateException("The server has ended; it says why above.");
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
