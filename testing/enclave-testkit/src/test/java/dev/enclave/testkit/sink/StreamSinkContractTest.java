package dev.enclave.testkit.sink;

import dev.enclave.auditlog.stream.StreamAuditSink;
import dev.enclave.spi.audit.AuditSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Standard output, or what stands in its place here. */
class StreamSinkContractTest implements FailingAuditSinkContract, WaitingAuditSinkContract {

  @Override
  public AuditSinkUnderTest openSink() {
    return new Captured();
  }

  @Override
  public int room() {
    return 0;
  }

  private static final class Captured extends OutputStream implements AuditSinkUnderTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StreamAuditSink sink = new StreamAuditSink(this, new Random(1));
    private boolean fails;
    private boolean holds;

    @Override
    public AuditSink sink() {
      return sink;
    }

    @Override
    public synchronized List<String> written() {
      return Arrays.stream(bytes.toString(StandardCharsets.UTF_8).split("\n"))
          .filter(line -> line.startsWith("{"))
          .toList();
    }

    @Override
    public synchronized void failing(boolean wanted) {
      fails = wanted;
    }

    @Override
    public synchronized void holding(boolean wanted) {
      holds = wanted;
      notifyAll();
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] source, int start, int length) throws IOException {
      if (fails) {
        throw new IOException("the pipe is broken");
      }
      while (holds) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException();
        }
      }
      bytes.write(source, start, length);
    }
  }
}
