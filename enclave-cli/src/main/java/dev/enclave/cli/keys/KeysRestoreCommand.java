package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.admin.KeyBackup;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys restore}. */
@Command(
    name = "restore",
    sortOptions = false,
    description = {
      "Restore a key from a backup, or from an encrypted PKCS#8 that OpenSSL made.",
      "Fails if a key of this name exists, and in production and staging."
    })
public final class KeysRestoreCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The backup.")
  private String file = "";

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "What the key is to be called; no key may have that name.")
  private String name = "";

  @Option(
      names = "--algorithm",
      paramLabel = "ALGORITHM",
      description = "What the key is for, where the file does not say.")
  private @Nullable String algorithm;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Take the password from its first line; without it you are asked.")
  private @Nullable String passwordFile;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public KeysRestoreCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (file.equals("-") && "-".equals(passwordFile)) {
      throw Texts.BOTH_FROM_STANDARD_INPUT.as(ErrorCode.INVALID_ARGUMENT);
    }
    KeyBackup read =
        KeyBackup.parse(new String(session.files().read(file), StandardCharsets.ISO_8859_1));
    KeyBackup backup = algorithm == null ? read : read.algorithm(KeyAlgorithm.parse(algorithm));
    KeyInfo key = session.withEnclave(enclave -> restore(enclave, backup));
    if (json) {
      session.print(JsonOutput.object(out -> KeyOutput.json(out, key)));
    } else {
      session.print(summary(key));
      session.print(KeyOutput.text(key));
    }
    return 0;
  }

  private KeyInfo restore(Enclave enclave, KeyBackup backup) {
    KeyInfo key =
        new Passwords(session)
            .with(passwordFile, password -> enclave.admin().restore(name, backup, password).info());
    session.warn(enclave.health());
    return key;
  }

  private static String summary(KeyInfo key) {
    int count = key.versions().size();
    return Texts.KEY_RESTORED.with(
        key.name(),
        count == 1 ? Texts.ONE_VERSION.with() : Texts.VERSIONS.with(count),
        key.active()
            .flatMap(KeyVersion::publicKey)
            .map(active -> Texts.WITH_FINGERPRINT.with(active.fingerprint()))
            .orElse(""));
  }
}
