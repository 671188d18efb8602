package dev.enclave.cli.places;

import dev.enclave.core.internal.detect.DetectionRun;
import dev.enclave.core.internal.detect.Detections;
import dev.enclave.core.internal.environment.ProcessEnvironment;
import dev.enclave.core.internal.environment.SystemTime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Detects once, cold, in a network namespace whose metadata address misbehaves as the argument
 * says. Prints milliseconds, connections, and what was found.
 */
final class DetectionProcess {

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final AtomicInteger CONNECTIONS = new AtomicInteger();

  private DetectionProcess() {}

  public static void main(String[] args) throws Exception {
    String behaviour = args[0];
    if (!behaviour.equals("nobody") && !behaviour.equals("swallow")) {
      ServerSocket server = new ServerSocket(80, 50, InetAddress.getByName("169.254.169.254"));
      Thread acceptor = new Thread(() -> accept(server, behaviour));
      acceptor.setDaemon(true);
      acceptor.start();
    }
    Map<String, String> variables =
        behaviour.equals("unasked")
            ? Map.of("AWS_LAMBDA_FUNCTION_NAME", "f", "AWS_LAMBDA_RUNTIME_API", "x")
            : Map.of();
    if (behaviour.equals("google")) {
      // What is recognised is not to depend on how long a busy machine loads classes.
      detect(variables);
    }
    long opening = System.nanoTime();
    openClassPath();
    Duration cpuBegun = processorTime();
    long begun = System.nanoTime();
    Detections detections = detect(variables);
    long ended = System.nanoTime();
    Duration cpu = processorTime().minus(cpuBegun);
    System.out.println("millis=" + TimeUnit.NANOSECONDS.toMillis(ended - begun));
    System.out.println("openingMillis=" + TimeUnit.NANOSECONDS.toMillis(begun - opening));
    System.out.println("cpuMillis=" + cpu.toMillis());
    System.out.println("connections=" + CONNECTIONS.get());
    System.out.println("packets=" + packets());
    detections
        .describe()
        .forEach(s -> System.out.println(s.detector() + " " + s.status() + " " + s.detail()));
    System.exit(0);
  }

  /** What the first look-up of any service pays for: in a start, that of the engine. */
  private static void openClassPath() throws IOException {
    if (Collections.list(
            ClassLoader.getSystemResources(
                "META-INF/services/dev.enclave.internal.opening.EnclaveEngine"))
        .isEmpty()) {
      throw new IllegalStateException("no engine is on the class path");
    }
  }

  private static Detections detect(Map<String, String> variables) {
    return new DetectionRun(
            AllDetectors.list(),
            new NetworkOnly(variables, ProcessEnvironment.capture()),
            new SystemTime())
        .run(true);
  }

  /** What all interfaces of this new network namespace have sent (proc_pid_net(5)). */
  private static long packets() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/net/dev")).stream()
        .skip(2)
        .map(line -> line.substring(line.indexOf(':') + 1).strip().split(" +", -1))
        .mapToLong(fields -> Long.parseLong(fields[9]))
        .sum();
  }

  /** Unlike the clock, the same on a busy machine. */
  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static void accept(ServerSocket server, String behaviour) {
    try {
      while (true) {
        Socket connection = server.accept();
        CONNECTIONS.incrementAndGet();
        Thread worker = new Thread(() -> serve(connection, behaviour));
        worker.setDaemon(true);
        worker.start();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serve(Socket connection, String behaviour) {
    try (connection) {
      connection.getInputStream().read(new byte[4096]);
      answer(connection.getOutputStream(), behaviour);
    } catch (IOException e) {
      // The client hung up, as it should.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(OutputStream out, String behaviour)
      throws IOException, InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    switch (behaviour) {
      case "silent" -> never.await();
      case "drip" -> {
        for (byte octet : (OK + "X: aaaaaaaaaaaa").getBytes(StandardCharsets.UTF_8)) {
          out.write(octet);
          never.await(1, TimeUnit.SECONDS);
        }
      }
      case "redirect" ->
          out.write(
              text(
                  "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/x\r\nContent-Length: 0\r\n\r\n"));
      case "gigabyte" -> {
        out.write(text(OK + "Content-Length: 1073741824\r\n\r\n"));
        byte[] megabyte = new byte[1 << 20];
        for (int i = 0; i < 1024; i++) {
          out.write(megabyte);
        }
      }
      case "wrong-header" ->
          out.write(text(OK + "Metadata-Flavor: Gooogle\r\nContent-Length: 2\r\n\r\n42"));
      case "garbage" -> out.write(text("SSH-2.0-OpenSSH_9.6\r\n"));
      case "google" ->
          out.write(text(OK + "Metadata-Flavor: Google\r\nContent-Length: 2\r\n\r\n42"));
      default -> throw new IllegalArgumentException(behaviour);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
