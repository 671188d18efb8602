package dev.enclave.emulators.internal.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The connections that a listening socket has accepted, by the client's address. Thread-safe. */
final class Connections {

  private final Map<SocketAddress, Channel> open = new ConcurrentHashMap<>();

  /** A listening socket whose connections are kept here. */
  NioServerSocketChannel newListener() {
    return new Listener();
  }

  private final class Listener extends NioServerSocketChannel {

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int before = accepted.size();
      int result = super.doReadMessages(accepted);
      for (Object added : accepted.subList(before, accepted.size())) {
        keep((Channel) added);
      }
      return result;
    }
  }

  private void keep(Channel channel) {
    SocketAddress client = channel.remoteAddress();
    if (client == null) {
      return; // Gone already.
    }
    open.put(client, channel);
    var unused = channel.closeFuture().addListener(closed -> open.remove(client, channel));
  }

  /** Resets (TCP RST) the connection of {@code client}; what was not sent yet is lost. */
  void reset(SocketAddress client) {
    Channel channel = open.get(client);
    if (channel != null) {
      reset(channel);
    }
  }

  /**
   * Resets what has been accepted and given to its loop. The server closes the others itself as
   * soon as they get there, if it has been shut down by then.
   */
  void resetAll() {
    open.values().forEach(Connections::reset);
  }

  /** Past the pipeline, which would say goodbye and let calls finish. */
  private static void reset(Channel channel) {
    if (!channel.isRegistered()) {
      return;
    }
    channel
        .eventLoop()
        .execute(
            () -> {
              if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
              }
              channel.unsafe().close(channel.voidPromise());
            });
  }
}
