package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Strace.Ended;
import dev.enclave.cli.Strace.Fault;
import dev.enclave.cli.Strace.How;
import dev.enclave.cli.Strace.Occurrence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The system calls of the command fail, or kill it, one after the other: what it answers, what the
 * audit log says and what is there agree, and a repetition ends well. {@code
 * -Denclave.soak.syscalls=true} tries every call by which any command changes a file, and {@code
 * -Denclave.soak.command=rotate} beside it those of the commands that say so.
 */
@Tag("needs-strace")
@Tag("full")
class SyscallFaultTest {

  private static final boolean LONG = Boolean.getBoolean("enclave.soak.syscalls");

  /** Part of the command line, for one command of the long form alone. */
  private static final String SOUGHT = System.getProperty("enclave.soak.command", "");

  private static final List<String> CALLS =
      LONG
          ? List.of("rename", "unlink", "fsync", "fdatasync", "write", "pwrite64", "mkdir")
          : List.of("rename", "unlink");

  private final Path folder;
  private final Path template;

  SyscallFaultTest(@TempDir Path temporary) {
    this.folder = temporary.resolve("work");
    this.template = temporary.resolve("template");
  }

  /** What a command answered. */
  enum Answer {
    SUCCESS,
    FAILURE,
    UNKNOWN,
    KILLED
  }

  static Stream<FaultedCommand> commands() {
    return LONG
        ? FaultedCommand.all().filter(command -> command.line().contains(SOUGHT))
        : Stream.of(FaultedCommand.DESTROY);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void saysWhatHappened_whicheverCallFails(FaultedCommand command) throws Exception {
    Strace.requireInstalled();
    Files.createDirectory(folder);
    FaultedFolder files = new FaultedFolder(folder);
    Strace strace = new Strace(folder, files.config());
    command.prepare(files);
    copy(folder, template);
    String before = files.state();
    List<Occurrence> occurrences = strace.survey(CALLS, command.words(files));
    String after = files.state();
    Map<Answer, Integer> answers = new EnumMap<>(Answer.class);
    List<String> recorded = new ArrayList<>();
    for (Occurrence occurrence : occurrences) {
      for (How how : ways(occurrence)) {
        delete(folder);
        copy(template, folder);
        Fault fault = new Fault(occurrence.call(), occurrence.number(), how);
        String when = command + ", " + fault + (occurrence.audit() ? " (audit)" : "");
        Answer answer = answer(strace.run(fault, command.words(files)), when);
        answers.merge(answer, 1, Integer::sum);
        String found = check(files, answer, before, after, when);
        if (!occurrence.audit()) {
          recorded.addAll(checkRecord(files, command, answer, when));
        }
        command.check(files, answer, when);
        repeat(files, command, found.equals(after), when);
      }
    }
    System.out.println(command + ": " + occurrences.size() + " calls, answers " + answers);
    assertThat(answers).isNotEmpty();
    assertThat(answers.keySet()).as("or no fault struck").isNotEqualTo(Set.of(Answer.SUCCESS));
    if (!command.operation().isEmpty()) {
      assertThat(recorded).as("what the audit log says of " + command).isNotEmpty();
    }
  }

  private static List<How> ways(Occurrence occurrence) {
    if (LONG) {
      return List.of(How.values());
    }
    return List.of(occurrence.call().equals("rename") ? How.FAILS_FROM_THEN_ON : How.KILLS);
  }

  private static Answer answer(Ended ended, String when) {
    if (ended.killed()) {
      return Answer.KILLED;
    }
    if (ended.code() == 0) {
      return Answer.SUCCESS;
    }
    assertThat(ended.err())
        .as(when)
        .containsPattern("error: .*\\([A-Z_]+\\)")
        .doesNotContain("(INTERNAL)", "(BACKEND_CONTRACT)", "Exception in thread");
    return ended.err().contains("(OUTCOME_UNKNOWN)") ? Answer.UNKNOWN : Answer.FAILURE;
  }

  private static String check(
      FaultedFolder files, Answer answer, String before, String after, String when) {
    // A version that was prepared and given up is nobody's.
    String found = files.state().replaceAll("(, (PENDING|DESTROYED))+]", "]");
    switch (answer) {
      case SUCCESS -> assertThat(found).as(when).isEqualTo(after);
      case FAILURE -> assertThat(found).as(when).isEqualTo(before);
      default -> assertThat(found).as(when).isIn(before, after);
    }
    files.requireWhole(when);
    return found;
  }

  private static List<String> checkRecord(
      FaultedFolder files, FaultedCommand command, Answer answer, String when) {
    List<String> results = files.results(command.operation());
    List<String> allowed =
        switch (answer) {
          case SUCCESS -> List.of("SUCCESS");
          // What was made may be recorded, and then not be written into its file.
          case FAILURE ->
              command.proof().isEmpty()
                  ? List.of("FAILURE", "REFUSED")
                  : List.of("FAILURE", "REFUSED", "SUCCESS");
          case UNKNOWN -> List.of("UNKNOWN");
          case KILLED -> List.of("SUCCESS");
        };
    assertThat(results).as(when).isSubsetOf(allowed);
    if (answer == Answer.SUCCESS && !command.operation().isEmpty()) {
      assertThat(results).as(when).isNotEmpty();
    }
    return results;
  }

  private static void repeat(
      FaultedFolder files, FaultedCommand command, boolean done, String when) {
    Cli.Run again = files.run(command.words(files));
    boolean well = again.code() == 0 || (done && again.err().contains("EXISTS"));
    assertThat(well).as(when + ", repeated: " + again.err()).isTrue();
    files.requireWhole(when + ", repeated");
    files.requireNoLeftovers(when + ", repeated");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
