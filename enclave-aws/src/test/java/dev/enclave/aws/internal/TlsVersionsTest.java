package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which versions of TLS are offered by a JVM that would speak the old ones too. */
@Tag("full")
final class TlsVersionsTest {

  private static final int SUPPORTED_VERSIONS = 43;

  @Test
  void offersTls12AndNewer_alsoWhereTheJvmAllowsOlder(@TempDir Path directory) throws Exception {
    Path lax =
        Files.writeString(directory.resolve("java.security"), "jdk.tls.disabledAlgorithms=SSLv3\n");
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<List<Integer>> offered =
          CompletableFuture.supplyAsync(() -> versions(server));
      new ChildJvm()
          .property("java.security.properties", lax.toString())
          .run(
              "DEVELOPMENT",
              "setting:access-key-id=AKIASETTINGS",
              "setting:secret-access-key=s",
              "setting:sts-endpoint=https://127.0.0.1:" + server.getLocalPort());
      assertThat(offered.get(60, TimeUnit.SECONDS)).containsExactlyInAnyOrder(0x0304, 0x0303);
    }
  }

  /** RFC 8446 §4.1.2, §4.2.1; the first hello alone, then the door is shut. */
  private static List<Integer> versions(ServerSocket server) {
    try (Socket connection = server.accept()) {
      server.close();
      DataInputStream in = new DataInputStream(connection.getInputStream());
      in.skipNBytes(3);
      ByteBuffer hello = ByteBuffer.wrap(in.readNBytes(in.readUnsignedShort()));
      skip(hello, 4 + 2 + 32);
      skip(hello, hello.get() & 0xff);
      skip(hello, hello.getShort() & 0xffff);
      skip(hello, hello.get() & 0xff);
      hello.getShort();
      while (hello.hasRemaining()) {
        int type = hello.getShort() & 0xffff;
        int length = hello.getShort() & 0xffff;
        if (type == SUPPORTED_VERSIONS) {
          List<Integer> versions = new ArrayList<>();
          for (int left = hello.get() & 0xff; left > 0; left -= 2) {
            versions.add(hello.getShort() & 0xffff);
          }
          return versions;
        }
        skip(hello, length);
      }
      return List.of();
    } catch (IOException e) {
      throw new IllegalStateException("no hello", e);
    }
  }

  private static void skip(ByteBuffer hello, int count) {
    hello.position(hello.position() + count);
  }
}
