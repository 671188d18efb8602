package dev.enclave.cli.text;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what somebody probably meant to type. */
public final class Nearest {

  private static final int FARTHEST = 2;

  private Nearest() {}

  /** The known word that differs from {@code typed} by at most two letters. */
  public static Optional<String> to(String typed, Stream<String> known) {
    return known
        .filter(word -> Math.abs(word.length() - typed.length()) <= FARTHEST)
        .filter(word -> word.length() > FARTHEST && distance(word, typed) <= FARTHEST)
        .min(Comparator.comparingInt((String word) -> distance(word, typed)));
  }

  /** Levenshtein's distance, one row at a time. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(previous[j - 1] + change, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
