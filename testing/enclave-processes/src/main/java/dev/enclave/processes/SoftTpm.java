package dev.enclave.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A TPM in software (swtpm) with its resource manager (tpm2-abrmd on a bus of its own) and a token
 * of tpm2-pkcs11 in it, for tests with the tags {@code full} and {@code needs-swtpm}. The variables
 * that the library reads are set in this JVM.
 */
public final class SoftTpm implements AutoCloseable {

  public static final String PIN = "5678";
  public static final String LABEL = "enclave";

  private static final Duration START = Duration.ofSeconds(20);

  private static final int MOST_PORTS = 100;

  private final List<Process> processes = new ArrayList<>();

  private SoftTpm() {}

  /** Starts all of it, with its files in this folder. */
  public static SoftTpm start(Path folder) throws IOException, InterruptedException {
    SoftTpm tpm = new SoftTpm();
    boolean started = false;
    try {
      tpm.run(folder.toAbsolutePath());
      started = true;
      return tpm;
    } finally {
      if (!started) {
        tpm.close();
      }
    }
  }

  private void run(Path folder) throws IOException, InterruptedException {
    String state = Files.createDirectories(folder.resolve("tpm")).toString();
    String store = Files.createDirectories(folder.resolve("store")).toString();
    int port = evenPort();
    begin(
        folder,
        Map.of(),
        "swtpm socket --tpm2 --tpmstate dir="
            + state
            + (" --ctrl type=tcp,bindaddr=127.0.0.1,port=" + (port + 1))
            + (" --server type=tcp,bindaddr=127.0.0.1,port=" + port)
            + " --flags not-need-init,startup-clear");
    await(port);
    Process bus = begin(folder, Map.of(), "dbus-daemon --session --nofork --print-address");
    String address =
        new BufferedReader(new InputStreamReader(bus.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    Map<String, String> variables =
        Map.of(
            "DBUS_SESSION_BUS_ADDRESS", String.valueOf(address),
            "TPM2_PKCS11_STORE", store,
            "TPM2_PKCS11_TCTI", "tabrmd:bus_type=session",
            "TPM2TOOLS_TCTI", "tabrmd:bus_type=session",
            "TPM2_PKCS11_LOG_LEVEL", "0");
    begin(
        folder,
        variables,
        "tpm2-abrmd --session --allow-root --flush-all --tcti=swtpm:host=127.0.0.1,port=" + port);
    long deadline = System.nanoTime() + START.toNanos();
    while (!ended(variables, "tpm2_getcap properties-fixed")) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("tpm2-abrmd does not answer");
      }
    }
    Ended.run(program(variables, "tpm2_ptool init --path=" + store)).succeeded();
    String token = " --sopin=1234 --userpin=" + PIN + " --label=" + LABEL + " --path " + store;
    Ended.run(program(variables, "tpm2_ptool addtoken --pid=1" + token)).succeeded();
    variables.forEach(SoftHsm::setVariable);
  }

  private static boolean ended(Map<String, String> variables, String command)
      throws IOException, InterruptedException {
    Process process =
        program(variables, command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor() == 0;
  }

  private Process begin(Path folder, Map<String, String> variables, String command)
      throws IOException {
    Path log = folder.resolve(command.substring(0, command.indexOf(' ')) + ".log");
    Process process = program(variables, command).redirectError(log.toFile()).start();
    processes.add(process);
    return process;
  }

  private static ProcessBuilder program(Map<String, String> variables, String command) {
    ProcessBuilder program = new ProcessBuilder(command.split(" "));
    program.environment().putAll(variables);
    return program;
  }

  /** The port after it is the one for control. Linux gives odd ones to who asks for any. */
  private static int evenPort() throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    for (int i = 0; i < MOST_PORTS; i++) {
      try (ServerSocket any = new ServerSocket(0, 1, here)) {
        int even = any.getLocalPort() / 2 * 2 + 2;
        new ServerSocket(even, 1, here).close();
        new ServerSocket(even + 1, 1, here).close();
        return even;
      } catch (BindException e) {
        // Somebody has one of them.
      }
    }
    throw new AssertionError("no two ports beside each other are free");
  }

  private static void await(int port) {
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline) {
      // Not the port of commands, which takes one connection.
      try {
        new Socket(InetAddress.getLoopbackAddress(), port + 1).close();
        return;
      } catch (IOException e) {
        Thread.onSpinWait();
      }
    }
    throw new AssertionError("swtpm does not answer");
  }

  /** The library. Fails where tpm2-pkcs11 is not installed. */
  public static Path library() {
    return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
        .map(folder -> Path.of(folder, "pkcs11", "libtpm2_pkcs11.so"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "tpm2-pkcs11 is not installed: apt-get install swtpm tpm2-abrmd"
                        + " libtpm2-pkcs11-1 libtpm2-pkcs11-tools"));
  }

  @Override
  public void close() {
    for (int i = processes.size() - 1; i >= 0; i--) {
      processes.get(i).destroy();
    }
  }
}
