package dev.enclave.testkit.environments;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/** The data files beside this class. A jar cannot be listed, so {@code index} names them. */
final class RecordingFiles {

  private RecordingFiles() {}

  static List<String> names() {
    return resource("index").lines().toList();
  }

  static String text(String name) {
    if (!names().contains(name)) {
      throw new IllegalArgumentException(
          "No recorded environment is called \""
              + name
              + "\". The nearest is \""
              + nearest(name)
              + "\"; Recording.names() has them all.");
    }
    return resource(name + ".properties");
  }

  private static String nearest(String name) {
    return names().stream()
        .min(
            Comparator.comparing((String known) -> !known.startsWith(name))
                .thenComparingInt(known -> distance(known, name)))
        .orElseThrow();
  }

  /** Levenshtein's distance: the fewest insertions, deletions and substitutions. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  private static String resource(String file) {
    try (InputStream in = RecordingFiles.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing beside " + RecordingFiles.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
