package dev.enclave.gcp.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Where nobody is to come: remembers the first line of each who does, and hangs up. */
final class Trap implements AutoCloseable {

  private final ServerSocket listening;
  private final List<String> caught = new CopyOnWriteArrayList<>();

  private Trap(ServerSocket listening) {
    this.listening = listening;
  }

  static Trap set() {
    try {
      Trap trap = new Trap(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      Thread thread = new Thread(trap::watch, "trap");
      thread.setDaemon(true);
      thread.start();
      return trap;
    } catch (IOException e) {
      throw new UncheckedIOException("no port on loopback", e);
    }
  }

  String port() {
    return Integer.toString(listening.getLocalPort());
  }

  String authority() {
    return "127.0.0.1:" + port();
  }

  List<String> caught() {
    return List.copyOf(caught);
  }

  private void watch() {
    try {
      while (true) {
        try (Socket connection = listening.accept()) {
          String line =
              new BufferedReader(
                      new InputStreamReader(
                          connection.getInputStream(), StandardCharsets.ISO_8859_1))
                  .readLine();
          caught.add(line == null ? "nothing" : line);
        }
      }
    } catch (IOException e) {
      // Closed.
      return;
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException("not closed", e);
    }
  }
}
