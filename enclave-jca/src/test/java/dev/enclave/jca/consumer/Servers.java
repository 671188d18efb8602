package dev.enclave.jca.consumer;

import static dev.enclave.SigningAlgorithm.ECDSA_P256_SHA256;
import static dev.enclave.SigningAlgorithm.ECDSA_P384_SHA384;
import static dev.enclave.SigningAlgorithm.ED25519;
import static dev.enclave.SigningAlgorithm.RSA_PKCS1_2048_SHA256;
import static dev.enclave.SigningAlgorithm.RSA_PSS_2048_SHA256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import dev.enclave.jca.CertificateChains;
import dev.enclave.jca.CertificateSource;
import dev.enclave.jca.EnclaveKeyManager;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Servers of TLS, and the JDK's client, which verifies certificate and signature. */
final class Servers {

  private static final Set<SigningAlgorithm> TLS13 =
      EnumSet.of(ED25519, ECDSA_P256_SHA256, ECDSA_P384_SHA384, RSA_PSS_2048_SHA256);
  private static final Set<SigningAlgorithm> TLS12 =
      EnumSet.of(
          ED25519,
          ECDSA_P256_SHA256,
          ECDSA_P384_SHA384,
          RSA_PKCS1_2048_SHA256,
          RSA_PSS_2048_SHA256);

  private Servers() {}

  static Consumer jsse13() {
    return new Consumer("TLS 1.3 of the JDK", TLS13, key -> byJsse(key, "TLSv1.3"));
  }

  static Consumer jsse12() {
    return new Consumer("TLS 1.2 of the JDK", TLS12, key -> byJsse(key, "TLSv1.2"));
  }

  private static SSLContext context(Certified key) {
    CertificateChains chains =
        CertificateChains.none().with(key.version().keyName(), List.of(key.certificate()));
    return EnclaveKeyManager.of(key.key(), CertificateSource.of(chains)).sslContext();
  }

  private static void byJsse(Certified key, String protocol) throws Exception {
    try (SSLServerSocket server =
        (SSLServerSocket)
            context(key)
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> answerOne(server));
      assertThat(connected(key, server.getLocalPort(), protocol, "")).startsWith("HTTP");
      served.get(1, TimeUnit.MINUTES);
    }
  }

  private static void answerOne(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.getOutputStream().write("HTTP".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String connected(Certified key, int port, String protocol, String request)
      throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("peer", key.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket)
            client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      assertThat(socket.getSession().getPeerCertificates()).contains(key.certificate());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
    }
  }

  private static String newest(Certified key) {
    return TLS13.contains(key.algorithm()) ? "TLSv1.3" : "TLSv1.2";
  }

  static Consumer jetty() {
    return new Consumer("Jetty 12", TLS12, Servers::byJetty);
  }

  private static void byJetty(Certified key) throws Exception {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(context(key));
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, tls, new HttpConnectionFactory());
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.start();
    try {
      assertThat(
              connected(
                  key, connector.getLocalPort(), newest(key), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
          .isEqualTo("HTTP");
    } finally {
      server.stop();
    }
  }

  static Consumer netty() {
    return new Consumer("Netty 4", TLS12, Servers::byNetty);
  }

  private static void byNetty(Certified key) throws Exception {
    SSLContext context = context(key);
    NioEventLoopGroup loops = new NioEventLoopGroup(1);
    try {
      Channel listening =
          new ServerBootstrap()
              .group(loops)
              .channel(NioServerSocketChannel.class)
              .childHandler(new Answering(context))
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      int port = ((InetSocketAddress) listening.localAddress()).getPort();
      assertThat(connected(key, port, newest(key), "")).isEqualTo("HTTP");
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  /** Writes as soon as the handshake is over. */
  private static final class Answering extends ChannelInitializer<SocketChannel> {

    private final SSLContext context;

    Answering(SSLContext context) {
      this.context = context;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      channel.pipeline().addLast(new SslHandler(engine), new AfterHandshake());
    }
  }

  private static final class AfterHandshake extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent completed && completed.isSuccess()) {
        var unused = context.writeAndFlush(Unpooled.copiedBuffer("HTTP", StandardCharsets.US_ASCII));
      }
    }
  }
}
