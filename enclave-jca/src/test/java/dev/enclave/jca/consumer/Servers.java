package dev.enclave.jca.consumer;

import static dev.enclave.SigningAlgorithm.RSA_PKCS1_2048_SHA256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.jca.CertificateChains;
import dev.enclave.jca.CertificateSource;
import dev.enclave.jca.EnclaveKeyManager;
import dev.enclave.jca.consumer.Consumer.Refusal;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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

  /** The servers' own limits are ten seconds and thirty, which a loaded machine can need. */
  private static final int WAIT_MILLIS = 300_000;

  private static final String[] BOTH = {"TLSv1.2", "TLSv1.3"};

  private Servers() {}

  static Consumer jsse13() {
    return new Consumer(
        "TLS 1.3 of the JDK",
        Map.of(
            RSA_PKCS1_2048_SHA256,
            new Refusal("TLS 1.3 has no such signature", "Received fatal alert")),
        key -> byJsse(key, "TLSv1.3"));
  }

  static Consumer jsse12() {
    return Consumer.ofAll("TLS 1.2 of the JDK", key -> byJsse(key, "TLSv1.2"));
  }

  private static SSLContext context(Certified key) {
    CertificateChains chains =
        CertificateChains.none().with(key.version().keyName(), List.of(key.certificate()));
    return EnclaveKeyManager.of(key.key(), CertificateSource.of(chains), InstantSource.system())
        .sslContext();
  }

  private static void byJsse(Certified key, String protocol) throws Exception {
    try (SSLServerSocket server =
        (SSLServerSocket)
            context(key)
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> answerOne(server));
      assertThat(connected(key, server.getLocalPort(), "", protocol)).startsWith("HTTP");
      served.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static void answerOne(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.getOutputStream().write("HTTP".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String connected(Certified key, int port, String request, String... protocols)
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
      socket.setSoTimeout(WAIT_MILLIS);
      socket.setEnabledProtocols(protocols);
      socket.startHandshake();
      assertThat(socket.getSession().getPeerCertificates()).contains(key.certificate());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
    }
  }

  /** What the server has to be limited to; the client would take TLS 1.3 if it could. */
  private static String[] protocols(Certified key) {
    return key.algorithm() == RSA_PKCS1_2048_SHA256 ? new String[] {"TLSv1.2"} : BOTH;
  }

  static Consumer jetty() {
    return Consumer.ofAll(Consumer.named("Jetty", Server.class), Servers::byJetty);
  }

  private static void byJetty(Certified key) throws Exception {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(context(key));
    tls.setIncludeProtocols(protocols(key));
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, tls, new HttpConnectionFactory());
    connector.setHost("127.0.0.1");
    connector.setIdleTimeout(WAIT_MILLIS);
    server.addConnector(connector);
    server.start();
    try {
      String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      assertThat(connected(key, connector.getLocalPort(), request, BOTH)).isEqualTo("HTTP");
    } finally {
      server.stop();
    }
  }

  static Consumer netty() {
    return Consumer.ofAll(Consumer.named("Netty", SslHandler.class), Servers::byNetty);
  }

  private static void byNetty(Certified key) throws Exception {
    SSLContext context = context(key);
    String[] protocols = protocols(key);
    NioEventLoopGroup loops = new NioEventLoopGroup(1);
    try {
      Channel listening =
          new ServerBootstrap()
              .group(loops)
              .channel(NioServerSocketChannel.class)
              .childHandler(new Answering(context, protocols))
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      int port = ((InetSocketAddress) listening.localAddress()).getPort();
      assertThat(connected(key, port, "", BOTH)).isEqualTo("HTTP");
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  /** Writes as soon as the handshake is over. */
  private static final class Answering extends ChannelInitializer<SocketChannel> {

    private final SSLContext context;
    private final String[] protocols;

    Answering(SSLContext context, String[] protocols) {
      this.context = context;
      this.protocols = protocols;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      engine.setEnabledProtocols(protocols);
      SslHandler tls = new SslHandler(engine);
      tls.setHandshakeTimeoutMillis(WAIT_MILLIS);
      channel.pipeline().addLast(tls, new AfterHandshake());
    }
  }

  private static final class AfterHandshake extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent completed && completed.isSuccess()) {
        var unused =
            context.writeAndFlush(Unpooled.copiedBuffer("HTTP", StandardCharsets.US_ASCII));
      }
    }
  }
}
