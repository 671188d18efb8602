package dev.enclave.auditlog.write;

import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/** A log opened by another copy of this library in the same JVM. */
final class SecondCopy implements AutoCloseable {

  private final Object opened;

  private SecondCopy(Object opened) {
    this.opened = opened;
  }

  static SecondCopy open(Path directory) throws ReflectiveOperationException {
    return new SecondCopy(Copies.make(Opened.class, directory.toString()));
  }

  void append(int number) {
    ((IntConsumer) opened).accept(number);
  }

  /** The number of the lane it writes now. */
  int lane() {
    return ((IntSupplier) opened).getAsInt();
  }

  @Override
  public void close() {
    ((Runnable) opened).run();
  }

  /** What the other copy has: appends a number, tells its lane, and closes. */
  public static final class Opened implements IntConsumer, IntSupplier, Runnable {

    private final FileAuditSink sink;

    public Opened(String directory) throws IOException {
      this.sink = Logs.open(Path.of(directory));
    }

    @Override
    public void accept(int number) {
      try {
        sink.append(Events.numbered(number), Durability.DURABLE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int getAsInt() {
      return sink.lane();
    }

    @Override
    public void run() {
      try {
        sink.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
