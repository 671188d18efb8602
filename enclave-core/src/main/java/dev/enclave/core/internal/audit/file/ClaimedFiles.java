package dev.enclave.core.internal.audit.file;

import dev.enclave.kit.claim.FileClaim;
import java.io.IOException;
import java.util.Set;

/**
 * The files of a lane, which are changed only while its claim holds. A write is reported as done
 * only if the claim still held after it: whoever claims the lane later then finds what was written.
 */
public record ClaimedFiles(LogFiles files, FileClaim claim) implements LogFiles {

  @Override
  public Set<String> names() throws IOException {
    return files.names();
  }

  @Override
  public LaneFile open(String name) throws IOException {
    claim.require();
    return new ClaimedFile(files.open(name), name, claim);
  }

  @Override
  public LaneFile openToRead(String name) throws IOException {
    return files.openToRead(name);
  }

  @Override
  public LaneFile openSecret(String name) throws IOException {
    return files.openSecret(name);
  }

  @Override
  public LaneFile create(String name) throws IOException {
    claim.require();
    return new ClaimedFile(files.create(name), name, claim);
  }

  @Override
  public void delete(String name) throws IOException {
    claim.require();
    files.delete(name);
  }

  @Override
  public void force() throws IOException {
    files.force();
  }

  private record ClaimedFile(LaneFile file, String name, FileClaim claim) implements LaneFile {

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public byte[] tail(int length) throws IOException {
      return file.tail(length);
    }

    @Override
    public void read(long position, byte[] bytes, int start, int length) throws IOException {
      file.read(position, bytes, start, length);
    }

    @Override
    public void write(long position, byte[] bytes, int length) throws IOException {
      claim.require();
      requireEnd(position);
      file.write(position, bytes, length);
      claim.require();
    }

    /** Longer, if a process that has lost its claim was in the middle of a write. */
    private void requireEnd(long position) throws IOException {
      if (file.size() != position) {
        throw new IOException(name + " was changed by somebody who has no claim on it");
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      claim.require();
      if (file.size() < size) {
        throw new IOException(name + " is shorter than what was written to it");
      }
      file.truncate(size);
    }

    @Override
    public void force() throws IOException {
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
