package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What main code says to do: never what costs somebody keys, or opens what is not ours. */
class AdviceTextsTest {

  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");

  /** A literal is often written in pieces. */
  private static final Pattern PIECES = Pattern.compile("\"\\s*\\+\\s*\"");

  private static final Pattern LEADS_AWAY =
      Pattern.compile(
          "(?i)\\b(use|takes?|name|(?<!belongs )to) (another|a different|a new|an empty)"
              + " (key )?(directory|folder|store|vault|key ring)\\b");

  private static final Pattern CHANGES_RIGHTS =
      Pattern.compile("\\b(chmod|chown|sudo|rm -)|(?i)make (it|\\S+) a directory|run as root");

  /** A text that was looked at: only who never had keys; the directory that has them is first. */
  private static final Set<String> LED =
      Set.of(
          "Set {setting} to the directory that has this service's keys, and start it as the user"
              + " that made them; one that never had keys takes a new directory, which Enclave"
              + " makes.");

  /** Of what Enclave has made itself, or of a path that is checked not to be the system's. */
  private static final Set<String> OWN =
      Set.of(
          "Make {directory} a directory of mode 700 of this user.",
          "Mount it writable and give it to this process's user: chmod 700 {directory}",
          "Set it with: chmod 600 {file}. In a pod, set defaultMode: 0440 and fsGroup.",
          "Give {directory} to the user of this process: chown it, and chmod 700 {directory}",
          "If it is for this alone, run: chmod {mode} {path}",
          "Start the program as the user that made it; if another only put this user's own back"
              + " there, run: chown {uid} {path}");

  @Test
  void noTextLeadsAwayFromKeys_orChangesWhatIsOthers() throws IOException {
    List<String> wrong = new ArrayList<>();
    int texts = 0;
    for (Path source : sources()) {
      String name = source.getFileName().toString().replace(".java", "");
      Matcher literal = LITERAL.matcher(PIECES.matcher(Repository.read(source)).replaceAll(""));
      while (literal.find()) {
        texts++;
        String text = literal.group(1);
        if ((LEADS_AWAY.matcher(text).find() && !LED.contains(text))
            || (CHANGES_RIGHTS.matcher(text).find() && !OWN.contains(text))) {
          wrong.add(name + ": " + text);
        }
      }
    }
    assertThat(texts).isGreaterThan(5000);
    assertThat(wrong).isEmpty();
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.root(), 20)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(
              file ->
                  Repository.root()
                      .relativize(file)
                      .toString()
                      .replace('\\', '/')
                      .matches("(testing/enclave-testkit|enclave-[a-z0-9-]*)/src/main/.*"))
          .toList();
    }
  }
}
