package dev.enclave.software.internal.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.function.IntPredicate;

/** A disk of which some steps fail, before they do anything. */
public final class FailingDisk extends Disk {

  private final IntPredicate fails;
  private int steps;
  private boolean failed;

  /**
   * @param fails whether a step fails, of those counted from 0
   */
  public FailingDisk(IntPredicate fails) {
    this.fails = fails;
  }

  /** Whether any step failed. */
  public boolean failed() {
    return failed;
  }

  private void step() throws IOException {
    if (fails.test(steps++)) {
      failed = true;
      throw new FileSystemException("disk", null, "No space left on device");
    }
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    step();
    super.makeDirectory(directory);
  }

  @Override
  public void writeNew(Path file, byte[] content) throws IOException {
    step();
    super.writeNew(file, content);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    step();
    super.move(from, to);
  }

  @Override
  public boolean delete(Path file) throws IOException {
    step();
    return super.delete(file);
  }

  @Override
  public void sync(Path directory) throws IOException {
    step();
    super.sync(directory);
  }
}
