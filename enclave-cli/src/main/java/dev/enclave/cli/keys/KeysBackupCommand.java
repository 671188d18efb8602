package dev.enclave.cli.keys;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.KeyBackup.Derivation;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys backup}. */
@Command(
    name = "backup",
    sortOptions = false,
    description = {
      "Write all versions of a key into a file, encrypted under a password.",
      "Who has the file and the password has the key."
    })
public final class KeysBackupCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file to make, readable by you alone.")
  private String out = "";

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Take the password from its first line; without it you are asked, twice.")
  private @Nullable String passwordFile;

  @Option(
      names = "--pbkdf2",
      description =
          "Derive the key by PBKDF2 in place of scrypt, for a reader that knows no scrypt, such as"
              + " a wallet in a browser.")
  private boolean pbkdf2;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  public KeysBackupCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (out.equals("-")) {
      throw Texts.BACKUP_TO_STANDARD_OUTPUT.as(ErrorCode.INVALID_ARGUMENT);
    }
    PrivateFile file = new PrivateFile(out, session.files().path(out), force);
    file.requireWritable();
    List<String> said =
        session.withEnclave(enclave -> backUp(KeyArgument.managed(enclave, name), file));
    session.print(said);
    return 0;
  }

  private List<String> backUp(ManagedKey key, PrivateFile file) {
    KeyInfo info = key.info();
    Derivation derivation = pbkdf2 ? Derivation.PBKDF2 : Derivation.SCRYPT;
    KeyBackup backup =
        new Passwords(session).withNew(passwordFile, password -> key.backup(password, derivation));
    file.write(backup.toPem().getBytes(StandardCharsets.US_ASCII));
    List<String> lines = new ArrayList<>();
    lines.add(Texts.BACKED_UP.with(info.name(), out));
    lines.addAll(Text.table(rows(info)));
    lines.add(opened(info));
    return lines;
  }

  private static List<List<String>> rows(KeyInfo key) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("algorithm", key.algorithm().name()));
    rows.add(
        List.of(
            "versions",
            key.versions().stream()
                .filter(v -> v.state() != KeyState.DESTROYED)
                .map(v -> v.id() + " " + v.state())
                .collect(Collectors.joining(", "))));
    rows.add(List.of("environment", key.stamp().toString()));
    key.active()
        .flatMap(KeyVersion::publicKey)
        .ifPresent(active -> rows.add(List.of("fingerprint", active.fingerprint().toString())));
    return rows;
  }

  private String opened(KeyInfo key) {
    return key.algorithm().asymmetric()
        ? Texts.OPENSSL_OPENS_IT.with(Text.shellWord(out))
        : Texts.ONLY_ENCLAVE_OPENS_IT.with(key.algorithm());
  }
}
