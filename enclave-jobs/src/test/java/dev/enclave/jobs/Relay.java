package dev.enclave.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Lies between a data source and its server; stops forwarding, or forwards late. */
final class Relay implements AutoCloseable {

  /** Seconds. */
  private static final int PATIENT = 60;

  private final ServerSocket server;
  private final int target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean held;
  private Duration delay = Duration.ZERO;

  Relay(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    begin(this::accept);
  }

  /**
   * Of the server's database, through this; what is begun while this holds waits at most so many
   * seconds, 0 for ever. What is begun otherwise waits for a busy machine.
   */
  DataSource source(int timeout) {
    return Postgres.proxy(
        DataSource.class,
        limited(Math.min(timeout, 1) * PATIENT),
        "getConnection",
        patient -> holds() ? limited(timeout).getConnection() : patient.run());
  }

  private boolean holds() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  private DataSource limited(int timeout) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {server.getLocalPort()});
    source.setDatabaseName("postgres");
    source.setUser("postgres");
    source.setConnectTimeout(timeout);
    source.setLoginTimeout(timeout);
    source.setSocketTimeout(timeout);
    return source;
  }

  /** Keeps what comes from now on. */
  void hold() {
    change(true, Duration.ZERO);
  }

  /** Forwards what was kept, and what comes. */
  void forward() {
    change(false, Duration.ZERO);
  }

  /** Forwards everything so much later. */
  void forwardLate(Duration by) {
    change(false, by);
  }

  private void change(boolean nowHeld, Duration nowDelay) {
    lock.lock();
    try {
      held = nowHeld;
      delay = nowDelay;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket near = server.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.addAll(List.of(near, far));
        begin(() -> pump(near, far));
        begin(() -> pump(far, near));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] chunk = new byte[8192];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        await();
        out.write(chunk, 0, read);
      }
    } catch (IOException e) {
      // One of the two has gone.
    }
  }

  private void await() {
    lock.lock();
    try {
      long left = delay.toNanos();
      while (left > 0 || held) {
        if (held) {
          changed.awaitUninterruptibly();
        } else {
          left = changed.awaitNanos(left);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts it", e);
    } finally {
      lock.unlock();
    }
  }

  private static void begin(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    forward();
  }
}
