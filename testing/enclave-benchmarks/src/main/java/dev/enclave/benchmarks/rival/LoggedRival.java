package dev.enclave.benchmarks.rival;

import dev.enclave.benchmarks.setting.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * Another one that also appends a line to a file and forces it to the disk, before and after each
 * signature: the least that two durable records can cost here, with nothing in them. Whoever comes
 * while others are forced goes to the disk as well; the file system gathers them as it can.
 */
public final class LoggedRival implements Rival {

  /** About what a record of Enclave's log takes. */
  private static final int LINE_BYTES = 500;

  private final Rival rival;
  private final Scratch scratch;
  private final FileChannel file;
  private final Object end = new Object();

  private LoggedRival(Rival rival, Scratch scratch, FileChannel file) {
    this.rival = rival;
    this.scratch = scratch;
    this.file = file;
  }

  public static LoggedRival over(Rival rival, Scratch scratch) throws IOException {
    return new LoggedRival(
        rival,
        scratch,
        FileChannel.open(
            scratch.directory().resolve("lines"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND));
  }

  @Override
  public Work signing() throws Exception {
    Work signing = rival.signing();
    ByteBuffer line = ByteBuffer.allocateDirect(LINE_BYTES);
    return () -> {
      record(line);
      Object signature = signing.once();
      record(line);
      return signature;
    };
  }

  private void record(ByteBuffer line) throws IOException {
    line.clear();
    synchronized (end) {
      while (line.hasRemaining()) {
        file.write(line);
      }
    }
    file.force(false);
  }

  @Override
  public Work verification() throws Exception {
    return rival.verification();
  }

  @Override
  public void close() {
    rival.close();
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scratch.close();
  }
}
