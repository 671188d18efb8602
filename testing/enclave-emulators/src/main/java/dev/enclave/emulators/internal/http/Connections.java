package dev.enclave.emulators.internal.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** What HTTP has no words for. */
final class Connections {

  private Connections() {}

  /**
   * Lets closing the connection send RST in place of FIN: a linger time of zero (RFC 9293 §3.6).
   */
  static void resetOnClose(Request request) {
    Object transport = tcp(request).getTransport();
    if (transport instanceof SocketChannel channel) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        // Already closed by the client, who then sees no answer either way.
      }
    }
  }

  /** Closes the connection at once: under TLS no alert says so first (RFC 8446 §6.1). */
  static void close(Request request) {
    tcp(request).close();
  }

  private static EndPoint tcp(Request request) {
    EndPoint end = request.getConnectionMetaData().getConnection().getEndPoint();
    while (end.getTransport() instanceof EndPoint under) {
      end = under;
    }
    return end;
  }
}
