package dev.enclave.emulators.internal.http;

import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** What lies between HTTP/1.1 and TCP. */
public abstract sealed class SocketLayer {

  /** Nothing. */
  public static SocketLayer plain() {
    return new Plain();
  }

  /** TLS with that certificate; the client stays unauthenticated. */
  public static SocketLayer tls(ServerCertificate certificate) {
    return new Tls(certificate.context());
  }

  /** The first part of its URIs. */
  abstract String scheme();

  /** From the socket's side to HTTP's. */
  abstract ConnectionFactory[] factories(HttpConfiguration http);

  private static final class Plain extends SocketLayer {

    @Override
    String scheme() {
      return "http";
    }

    @Override
    ConnectionFactory[] factories(HttpConfiguration http) {
      return new ConnectionFactory[] {new HttpConnectionFactory(http)};
    }
  }

  private static final class Tls extends SocketLayer {

    private final SSLContext context;

    Tls(SSLContext context) {
      this.context = context;
    }

    @Override
    String scheme() {
      return "https";
    }

    @Override
    ConnectionFactory[] factories(HttpConfiguration http) {
      SslContextFactory.Server factory = new SslContextFactory.Server();
      factory.setSslContext(context);
      HttpConnectionFactory inner = new HttpConnectionFactory(http);
      return new ConnectionFactory[] {
        new SslConnectionFactory(factory, inner.getProtocol()), inner
      };
    }
  }
}
