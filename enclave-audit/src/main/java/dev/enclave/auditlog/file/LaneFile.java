package dev.enclave.auditlog.file;

import java.io.IOException;

/** The bytes of a lane. Used by one thread at a time. */
public interface LaneFile extends AutoCloseable {

  long size() throws IOException;

  /** The last {@code length} bytes. */
  byte[] tail(int length) throws IOException;

  /** Reads {@code length} bytes at {@code position} into {@code bytes}, from {@code start} on. */
  void read(long position, byte[] bytes, int start, int length) throws IOException;

  /**
   * Writes the first {@code length} of {@code bytes} at {@code position}; after a failure any part
   * may be written.
   */
  void write(long position, byte[] bytes, int length) throws IOException;

  void truncate(long size) throws IOException;

  /** Returns when what was written survives a crash of the machine. */
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
