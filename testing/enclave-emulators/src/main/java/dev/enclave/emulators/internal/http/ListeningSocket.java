package dev.enclave.emulators.internal.http;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Listens on one socket until it is stopped, and then ends every connection that it has accepted.
 * Jetty alone leaves those open, with nobody to serve them, that are on their way from the thread
 * that accepts to the one that selects. Thread-safe.
 */
final class ListeningSocket extends ServerConnector {

  private final Set<SelectableChannel> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /** One thread accepts, and one selects. */
  ListeningSocket(Server server, ConnectionFactory... factories) {
    super(server, 1, 1, factories);
  }

  @Override
  protected SelectorManager newSelectorManager(
      Executor executor, Scheduler scheduler, int selectors) {
    return new Manager(executor, scheduler, selectors);
  }

  private final class Manager extends ServerConnectorManager {

    Manager(Executor executor, Scheduler scheduler, int selectors) {
      super(executor, scheduler, selectors);
    }

    @Override
    public void accept(SelectableChannel channel, @Nullable Object attachment) {
      open.add(channel);
      // Looked at after it was added: whoever stops closes it, or this does.
      if (stopped) {
        close(channel);
      } else {
        super.accept(channel, attachment);
      }
    }

    @Override
    protected void endPointClosed(EndPoint end) {
      super.endPointClosed(end);
      if (end.getTransport() instanceof SelectableChannel channel) {
        open.remove(channel);
      }
    }
  }

  /**
   * Leaves the thread that accepts alone, which the closed socket wakes: a connection is lost, and
   * stays open, that a Java channel has accepted when its thread is interrupted.
   */
  @Override
  protected void interruptAcceptors() {}

  @Override
  protected void doStop() throws Exception {
    stopped = true;
    super.doStop();
    open.forEach(ListeningSocket::close);
    open.clear();
  }

  private static void close(SelectableChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Its client has gone already.
    }
  }
}
