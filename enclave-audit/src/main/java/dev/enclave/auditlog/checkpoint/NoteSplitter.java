package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.IoConsumer;
import dev.enclave.auditlog.texts.Texts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a row of signed notes, none of which has an empty line in its text, into single ones. */
public final class NoteSplitter {

  /** Four times what a checkpoint of all lanes takes, each of them with its removed records. */
  public static final int LONGEST = 1 << 16;

  private static final byte[] DASH = SignedNote.DASH.getBytes(StandardCharsets.UTF_8);

  private final ByteArrayOutputStream note = new ByteArrayOutputStream();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean signed;

  /**
   * Reads a part of a file, however many notes are in it, and hands over those that are known to be
   * at an end.
   *
   * @return with what follows them
   */
  static NoteSplitter read(LaneFile file, long from, long to, IoConsumer<byte[]> taker)
      throws IOException {
    NoteSplitter splitter = new NoteSplitter();
    byte[] chunk = new byte[LONGEST];
    for (long at = from; at < to; at += chunk.length) {
      int length = (int) Math.min(chunk.length, to - at);
      file.read(at, chunk, 0, length);
      for (byte[] note : splitter.add(chunk, length)) {
        taker.accept(note);
      }
    }
    return splitter;
  }

  /**
   * As {@link #read}, and hands over what follows as well.
   *
   * @param size how much of the file is read
   */
  public static void readAll(LaneFile file, long size, IoConsumer<byte[]> taker)
      throws IOException {
    byte[] rest = read(file, 0, size, taker).rest();
    if (rest.length > 0) {
      taker.accept(rest);
    }
  }

  /**
   * The notes that are known to be at an end.
   *
   * @throws CorruptLogException when one has no end for longer than any checkpoint is
   */
  public List<byte[]> add(byte[] bytes, int length) throws CorruptLogException {
    List<byte[]> whole = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      line.write(bytes[i]);
      if (bytes[i] == '\n') {
        endOfLine(whole);
      }
      if (line.size() + note.size() > LONGEST) {
        throw new CorruptLogException(Texts.TOO_LONG.with(LONGEST));
      }
    }
    return whole;
  }

  private void endOfLine(List<byte[]> whole) {
    byte[] text = line.toByteArray();
    line.reset();
    boolean signature = isSignature(text);
    if (signed && !signature) {
      whole.add(note.toByteArray());
      note.reset();
    }
    signed = signature;
    note.writeBytes(text);
  }

  private static boolean isSignature(byte[] text) {
    return text.length > DASH.length && Arrays.equals(Arrays.copyOf(text, DASH.length), DASH);
  }

  /** The whole lines that follow them: the last note, or the start of one. */
  public byte[] lines() {
    return note.toByteArray();
  }

  /** Whether a line without its end comes last. */
  boolean cut() {
    return line.size() > 0;
  }

  /** All that follows them. */
  public byte[] rest() {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.writeBytes(note.toByteArray());
    rest.writeBytes(line.toByteArray());
    return rest.toByteArray();
  }

  /** Whether a last note has its end. */
  public static boolean whole(byte[] rest) {
    int start = rest.length - 2;
    while (start >= 0 && rest[start] != '\n') {
      start--;
    }
    return rest.length > 0
        && rest[rest.length - 1] == '\n'
        && isSignature(Arrays.copyOfRange(rest, start + 1, rest.length));
  }
}
