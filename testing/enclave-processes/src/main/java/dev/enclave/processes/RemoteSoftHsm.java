package dev.enclave.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * SoftHSM in a process of its own, a server of p11-kit, for tests with the tags {@code full},
 * {@code needs-p11-kit} and {@code needs-softhsm}: what a network HSM is to its library. The server
 * can be ended and started again. One at a time is in use, since the library finds it by a variable
 * of this process.
 */
public final class RemoteSoftHsm implements AutoCloseable {

  private final Path folder;
  private final SoftHsm softHsm;
  private Process server;

  private RemoteSoftHsm(Path folder, SoftHsm softHsm, Process server) {
    this.folder = folder;
    this.softHsm = softHsm;
    this.server = server;
  }

  /** Starts a server for the tokens of {@code softHsm}, with its socket in this folder. */
  public static RemoteSoftHsm start(Path folder, SoftHsm softHsm) throws IOException {
    reach(folder);
    return new RemoteSoftHsm(folder, softHsm, server(folder, softHsm));
  }

  /** Has this process see the server, of whatever process, whose socket is in this folder. */
  public static void reach(Path folder) {
    SoftHsm.setVariable("P11_KIT_SERVER_ADDRESS", "unix:path=" + folder.resolve("socket"));
  }

  private static Process server(Path folder, SoftHsm softHsm) throws IOException {
    Path socket = folder.resolve("socket");
    Files.deleteIfExists(socket);
    ProcessBuilder program =
        new ProcessBuilder(
            "p11-kit",
            "server",
            "--foreground",
            "--sh",
            "--name",
            socket.toString(),
            "--provider",
            SoftHsm.library().toString(),
            "pkcs11:");
    program.environment().putAll(softHsm.variables());
    program.environment().putAll(Map.of("XDG_RUNTIME_DIR", folder.toString()));
    Process server = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    // It says so once it listens.
    BufferedReader output = server.inputReader();
    String said = String.valueOf(output.readLine());
    if (!said.startsWith("P11_KIT_SERVER_ADDRESS=")) {
      server.destroyForcibly();
      throw new AssertionError("p11-kit server said " + said);
    }
    return server;
  }

  /** Starts it again, after {@link #kill}. */
  public void restart() throws IOException {
    server = server(folder, softHsm);
  }

  /** Ends the server and what serves its clients, as SIGKILL does. */
  public void kill() {
    server.descendants().forEach(ProcessHandle::destroyForcibly);
    server.destroyForcibly().onExit().join();
  }

  /** Holds what serves the clients, so that their calls hang; or lets it go on. */
  public void hold(boolean held) throws IOException, InterruptedException {
    for (ProcessHandle process : server.descendants().toList()) {
      Ended.run(new ProcessBuilder("kill", held ? "-STOP" : "-CONT", "" + process.pid()))
          .succeeded();
    }
  }

  @Override
  public void close() {
    kill();
  }

  /** The library that reaches it. Fails where p11-kit is not installed. */
  public static Path library() {
    return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
        .map(directory -> Path.of(directory, "pkcs11", "p11-kit-client.so"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "p11-kit is not installed: apt-get install p11-kit p11-kit-modules"));
  }
}
