package dev.enclave.cli.keys;

import dev.enclave.BackendId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.admin.Administration;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys statement-key}. */
@Command(
    name = "statement-key",
    sortOptions = false,
    description = {
      "Write the public key of the statement key, which signs what Enclave itself states.",
      "It signs nothing else. For those who verify statements, and for enclave.migration.approvers.",
      "The key is made if it is not there."
    })
public final class KeysStatementKeyCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--backend",
      paramLabel = "BACKEND",
      description = "That of another backend than enclave.backend, such as aws-kms.")
  private @Nullable String backend;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "jwks (the default), pem, der or fingerprint.")
  private String format = "jwks";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write there, replacing what exists; else to standard output.")
  private String out = "-";

  public KeysStatementKeyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String wanted = format.toLowerCase(Locale.ROOT);
    if (!List.of("jwks", "pem", "der", "fingerprint").contains(wanted)) {
      throw Texts.STATEMENT_KEY_FORMAT_UNKNOWN.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(format));
    }
    PublicKeyInfo key =
        session.withEnclave(
            enclave -> {
              Administration admin = enclave.admin();
              return backend == null
                  ? admin.statementKey()
                  : admin.statementKey(BackendId.of(backend));
            });
    session.files().write(out, encoded(key, wanted));
    return 0;
  }

  private static byte[] encoded(PublicKeyInfo key, String format) {
    return switch (format) {
      case "pem" -> utf8(key.toPem());
      case "der" -> key.spki().toByteArray();
      case "fingerprint" -> utf8(key.fingerprint() + "\n");
      default ->
          utf8(
              new PublicKeySet(List.of(new PublicKeySet.Entry("enclave-statements", key))).toJwks()
                  + "\n");
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
