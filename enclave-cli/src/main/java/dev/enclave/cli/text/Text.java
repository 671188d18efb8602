package dev.enclave.cli.text;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Small helpers for text on a terminal. */
public final class Text {

  private Text() {}

  /** One line that steers no terminal and hides nothing of itself. */
  public static String printable(String text) {
    return Printable.line(text);
  }

  /** A word that a shell takes as it is. */
  public static String shellWord(String word) {
    String printable = printable(word);
    return printable.matches("[A-Za-z0-9._/][A-Za-z0-9._/-]*")
        ? printable
        : "'" + printable.replace("'", "'\\''") + "'";
  }

  /** Rows with columns of one width each, two spaces apart; every cell on one line. */
  public static List<String> table(List<List<String>> cells) {
    List<List<String>> rows =
        cells.stream().map(row -> row.stream().map(Text::printable).toList()).toList();
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths =
        IntStream.range(0, columns)
            .map(c -> rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(
            row -> {
              StringBuilder line = new StringBuilder();
              for (int c = 0; c < row.size(); c++) {
                line.append(row.get(c)).append(" ".repeat(widths[c] - row.get(c).length() + 2));
              }
              return line.toString().stripTrailing();
            })
        .toList();
  }

  /** Words with commas between them, in lines of at most {@code width} where the words allow. */
  public static List<String> wrapped(List<String> words, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i) + (i + 1 < words.size() ? "," : "");
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() > 0 ? " " : "").append(word);
    }
    if (line.length() > 0) {
      lines.add(line.toString());
    }
    return lines;
  }

  /** A line broken between words, what follows the first indented; a longer word stays whole. */
  public static List<String> folded(String line, int width, String indent) {
    List<String> lines = new ArrayList<>();
    String rest = line;
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      if (space <= indent.length()) {
        break;
      }
      lines.add(rest.substring(0, space).stripTrailing());
      rest = indent + rest.substring(space + 1);
    }
    lines.add(rest);
    return lines;
  }

  /** A writer for a stream of {@link PrintableStream}. */
  public static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  public static ParameterException missingSubcommand(@Nullable CommandSpec spec) {
    CommandSpec command = Objects.requireNonNull(spec);
    return new ParameterException(
        command.commandLine(),
        Texts.COMMAND_MISSING.with(
            command.qualifiedName(), String.join(", ", command.subcommands().keySet())));
  }
}
