package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.file.LaneFile;
import java.io.IOException;

/** Reads the notes of a file one by one, however many there are. */
public final class NoteReader {

  private static final int CHUNK = 1 << 16;

  private NoteReader() {}

  /** Takes one note. */
  @FunctionalInterface
  public interface Taker {
    void take(byte[] note) throws IOException;
  }

  /**
   * Hands over each note, and what stands after the last one that is known to be at an end.
   *
   * @param size how much of the file is read
   */
  public static void read(LaneFile file, long size, Taker taker) throws IOException {
    NoteSplitter splitter = new NoteSplitter();
    byte[] chunk = new byte[CHUNK];
    for (long at = 0; at < size; ) {
      int length = (int) Math.min(CHUNK, size - at);
      file.read(at, chunk, 0, length);
      at += length;
      for (byte[] note : splitter.add(chunk, length)) {
        taker.take(note);
      }
    }
    byte[] rest = splitter.rest();
    if (rest.length > 0) {
      taker.take(rest);
    }
  }
}
