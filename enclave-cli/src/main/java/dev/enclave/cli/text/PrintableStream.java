package dev.enclave.cli.text;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The way of all text to a terminal: every command writes through one of these, so that none can
 * forget it. What is written is held until its line is whole.
 */
public final class PrintableStream extends OutputStream {

  private final PrintStream to;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final StringBuilder text = new StringBuilder();
  private ByteBuffer rest = ByteBuffer.allocate(0);

  private PrintableStream(PrintStream to) {
    this.to = to;
  }

  /** A stream whose text arrives at {@code to} with all but the ends of lines printable. */
  public static PrintStream over(PrintStream to) {
    return new PrintStream(new PrintableStream(to), true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer in =
        ByteBuffer.allocate(rest.remaining() + length).put(rest).put(bytes, offset, length).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, false);
    rest = in.slice();
    text.append(out.flip());
    print(text.lastIndexOf("\n") + 1);
  }

  private void print(int length) throws IOException {
    if (length > 0) {
      to.print(Printable.lines(text.substring(0, length)));
      text.delete(0, length);
      if (to.checkError()) {
        throw new IOException("nobody reads what is printed");
      }
    }
  }

  /** What is held of a line that is not whole, too. */
  @Override
  public void flush() throws IOException {
    print(text.length());
    to.flush();
  }
}
