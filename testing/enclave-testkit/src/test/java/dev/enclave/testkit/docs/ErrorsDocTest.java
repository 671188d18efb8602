package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorsDocTest {

  /** The command is no dependency of this module, so its source says which exit code it gives. */
  private static final String EXIT_CODES =
      "enclave-cli/src/main/java/dev/enclave/cli/session/ErrorReport.java";

  private static final Pattern CASE = Pattern.compile("case ([A-Z, ]+) -> ([0-9]);");

  @Test
  void listsEveryErrorCode_withItsExitCodeAndMeaning() {
    Document.at("docs/errors.md").requireGenerated("errors", table(exitCodes()));
  }

  @Test
  void knowsTheExitCodeOfEveryCategory() {
    assertThat(exitCodes().keySet()).containsExactlyInAnyOrder(ErrorCategory.values());
  }

  private static String table(Map<ErrorCategory, String> exitCodes) {
    StringBuilder table =
        new StringBuilder("| code | category | exit | meaning |\n|---|---|---|---|\n");
    for (ErrorCategory category : ErrorCategory.values()) {
      Arrays.stream(ErrorCode.values())
          .filter(code -> code.category() == category)
          .map(
              code ->
                  "| `"
                      + code
                      + "` | "
                      + category
                      + " | "
                      + exitCodes.get(category)
                      + " | "
                      + code.meaning()
                      + " |\n")
          .forEach(table::append);
    }
    return table.toString();
  }

  private static Map<ErrorCategory, String> exitCodes() {
    Map<ErrorCategory, String> codes = new EnumMap<>(ErrorCategory.class);
    Matcher cases = CASE.matcher(Repository.read(EXIT_CODES));
    while (cases.find()) {
      for (String category : cases.group(1).split(",", -1)) {
        codes.put(ErrorCategory.valueOf(category.strip()), cases.group(2));
      }
    }
    return codes;
  }
}
