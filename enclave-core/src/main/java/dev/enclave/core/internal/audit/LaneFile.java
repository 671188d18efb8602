package dev.enclave.core.internal.audit;

import java.io.IOException;

/** The bytes of a lane. Used under the sink's lock. */
interface LaneFile extends AutoCloseable {

  long size() throws IOException;

  /** The last {@code length} bytes. */
  byte[] tail(int length) throws IOException;

  /** Writes all of {@code bytes} at {@code position}; after a failure any part may be written. */
  void write(long position, byte[] bytes) throws IOException;

  void truncate(long size) throws IOException;

  /** Returns when what was written survives a crash of the machine. */
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
