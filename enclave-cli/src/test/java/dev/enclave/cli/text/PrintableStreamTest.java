package dev.enclave.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one way of text to a terminal. */
class PrintableStreamTest {

  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

  private PrintStream stream(Charset terminal) {
    return PrintableStream.over(new PrintStream(seen, false, terminal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Grüße, 10 € für 東京", "नमस्ते", "עברית", "e\u0301", "\ud83d\udd11 …", "a\\u001b"})
  void leavesWhatIsRead(String text) {
    stream(StandardCharsets.UTF_8).println(text);

    assertThat(seen.toString(StandardCharsets.UTF_8)).isEqualTo(text + System.lineSeparator());
  }

  @Test
  void escapesEveryControlAndFormatCharacterOfUnicode_butTheEndOfALine() {
    StringBuilder all = new StringBuilder();
    int count = 0;
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      int type = Character.getType(c);
      if (c != '\n' && (type == Character.CONTROL || type == Character.FORMAT)) {
        all.appendCodePoint(c);
        count++;
      }
    }
    stream(StandardCharsets.UTF_8).print(all.append('\n'));

    assertThat(count).isGreaterThan(200);
    assertThat(seen.toString(StandardCharsets.UTF_8)).matches("(\\\\u[0-9a-f]{4})+\n");
  }

  @Test
  void keepsTheEndOfALine_andNoCarriageReturnElsewhere() {
    PrintStream stream = stream(StandardCharsets.UTF_8);
    stream.print("a\r\nb\rc\n\r");
    stream.flush();

    assertThat(seen.toString(StandardCharsets.UTF_8)).isEqualTo("a\r\nb\\u000dc\n\\u000d");
  }

  @Test
  void writesInTheTerminalsEncoding() {
    stream(StandardCharsets.ISO_8859_1).println("Grüße");

    assertThat(seen.toString(StandardCharsets.ISO_8859_1)).startsWith("Grüße");
  }

  @Test
  void readsACharacterThatArrivesInPieces() throws IOException {
    PrintStream stream = stream(StandardCharsets.UTF_8);
    for (byte b : "\u202e€\ud83d\udd11\n".getBytes(StandardCharsets.UTF_8)) {
      stream.write(b);
      stream.flush();
    }

    assertThat(seen.toString(StandardCharsets.UTF_8)).isEqualTo("\\u202e€\ud83d\udd11\n");
  }

  @Test
  void saysThatNobodyReads() {
    PrintStream closed =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("closed");
              }
            },
            false,
            StandardCharsets.UTF_8);
    PrintStream stream = PrintableStream.over(closed);
    stream.println("a line");

    assertThat(stream.checkError()).isTrue();
  }
}
