package dev.enclave.campaign.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A document of the folder {@code docs}, whose marked parts say what the code does. With {@code
 * -Ddocs.update=true} a part that differs is rewritten.
 */
public final class Guide {

  private static final String END = "<!-- end -->";

  private final Path file;

  private Guide(Path file) {
    this.file = file;
  }

  public static Guide named(String name) {
    return new Guide(Checkout.root().resolve("docs").resolve(name));
  }

  /** What lies between {@code <!-- generated: part -->} and {@code <!-- end -->} is this. */
  public void requireGenerated(String part, String expected) throws IOException {
    String text = Files.readString(file);
    String begin = "<!-- generated: " + part + " -->\n";
    assertThat(text).as("%s", file).containsOnlyOnce(begin);
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf(END, from);
    assertThat(to).as("what ends the part %s of %s", part, file).isPositive();
    String renewed = text.substring(0, from) + expected + text.substring(to);
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(file, renewed);
    } else {
      assertThat(text)
          .as("%s is out of date; run this test with -Ddocs.update=true to rewrite it", file)
          .isEqualTo(renewed);
    }
  }
}
