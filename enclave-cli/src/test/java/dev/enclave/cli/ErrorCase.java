package dev.enclave.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One case of {@code error-cases.txt}: a title, where, what is typed, the exit code, standard
 * error.
 */
record ErrorCase(String title, String machine, String line, int code, String err) {

  private static final Pattern TITLE_MARK = Pattern.compile("(?m)^## ");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  /** Reads the file's cases; what stands before the first {@code ##} is for the human reader. */
  static List<ErrorCase> parse(String text) {
    List<ErrorCase> cases = new ArrayList<>();
    for (String block : TITLE_MARK.splitAsStream(text).skip(1).toList()) {
      List<String> lines = block.strip().lines().toList();
      String machine = lines.get(1).replace("on: ", "");
      String line = lines.get(2).replace("$ enclave", "").strip();
      int code = Integer.parseInt(lines.get(3).replace("exit ", ""));
      String err = String.join("\n", lines.subList(4, lines.size()));
      cases.add(new ErrorCase(lines.get(0), machine, line, code, err));
    }
    return cases;
  }

  /** The words of the line; quotes keep spaces and empty words. */
  String[] args() {
    return WORD.matcher(line)
        .results()
        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
        .map(word -> word.replace("{esc}", "\u001b"))
        .toArray(String[]::new);
  }

  /** The case in the file's form with another outcome. */
  String withOutcome(int actualCode, String actualErr) {
    return "## %s\non: %s\n$ enclave %s\nexit %s\n%s\n"
        .formatted(title, machine, line, actualCode, actualErr);
  }
}
