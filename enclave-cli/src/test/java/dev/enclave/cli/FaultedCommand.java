package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.SyscallFaultTest.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A command that changes something.
 *
 * @param operation what the audit log calls it; empty if it records nothing of its own
 * @param preparation what is done before, a command line each
 * @param line what it is; {@code FOLDER} stands for the folder
 * @param proof what then succeeds if it has, a command line each
 */
record FaultedCommand(String operation, List<String> preparation, String line, List<String> proof) {

  private static final List<String> KEYS =
      List.of(
          "keys create g --algorithm ED25519",
          "keys rotate g --yes",
          "keys create w --algorithm AES_256_GCM");

  static final FaultedCommand DESTROY =
      new FaultedCommand("CHANGE_STATE", KEYS, "keys destroy g --version 1 --yes", List.of());

  /** All of them that work on this backend; one begins anew in an operating system's store only. */
  static Stream<FaultedCommand> all() {
    String backUp = "keys backup g --out FOLDER/g.backup --password-file FOLDER/password";
    String restore = "keys restore FOLDER/g.backup --name h --password-file FOLDER/password";
    return Stream.of(
        DESTROY,
        new FaultedCommand("CREATE", List.of(), "keys create g --algorithm ED25519", List.of()),
        new FaultedCommand("CREATE", KEYS, "keys create h --algorithm ED25519", List.of()),
        new FaultedCommand("ROTATE", KEYS, "keys rotate g --yes", List.of()),
        new FaultedCommand("CHANGE_INTERVAL", KEYS, "keys rotation g P90D --yes", List.of()),
        new FaultedCommand("CHANGE_STATE", KEYS, "keys disable g --version 1", List.of()),
        new FaultedCommand(
            "CHANGE_STATE",
            with(KEYS, "keys disable g --version 1"),
            "keys enable g --version 1",
            List.of()),
        new FaultedCommand("BACKUP", KEYS, backUp + " --force", List.of(restore)),
        new FaultedCommand("RESTORE", with(KEYS, backUp), restore, List.of()),
        new FaultedCommand(
            "RESEAL", KEYS, "keys reseal --new-passphrase-file FOLDER/password", List.of()),
        new FaultedCommand(
            "SIGN",
            KEYS,
            "sign g FOLDER/password --out FOLDER/signature",
            List.of("verify g FOLDER/password FOLDER/signature")),
        new FaultedCommand(
            "SEAL",
            KEYS,
            "seal w FOLDER/password --out FOLDER/box",
            List.of("open FOLDER/box --out FOLDER/opened")),
        new FaultedCommand("", List.of(), "init", List.of()),
        new FaultedCommand(
            "",
            KEYS,
            "audit checkpoint --out FOLDER/checkpoint",
            List.of("audit verify --checkpoint FOLDER/checkpoint")));
  }

  private static List<String> with(List<String> lines, String more) {
    return Stream.concat(lines.stream(), Stream.of(more)).toList();
  }

  void prepare(FaultedFolder files) {
    preparation.forEach(line -> files.succeed(split(line, files)));
  }

  List<String> words(FaultedFolder files) {
    return split(line, files);
  }

  private static List<String> split(String line, FaultedFolder files) {
    return Arrays.stream(line.split(" "))
        .map(word -> word.replace("FOLDER", files.folder().toString()))
        .toList();
  }

  /** What it made is what it said. */
  void check(FaultedFolder files, Answer answer, String when) {
    if (answer == Answer.SUCCESS) {
      for (String line : proof) {
        Cli.Run run = files.run(split(line, files));
        assertThat(run.code()).as(when + ", then " + line + ": " + run.err()).isZero();
      }
    }
  }

  @Override
  public String toString() {
    return line + (preparation.isEmpty() ? " (in an empty folder)" : "");
  }
}
