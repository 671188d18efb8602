package dev.enclave.cli.keys;

import dev.enclave.Bytes;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.internal.opening.StatementVerifier.Presented;
import dev.enclave.internal.opening.StatementVerifier.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave attestation verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Verify a statement of an HSM on a key, from files: neither account nor configuration is needed.",
      "Exit code 0 if each root vouches for an HSM which states that it generated the key",
      "and that the private key never could leave it; 1 if anything of that is not proven."
    })
public final class AttestationVerifyCommand implements Callable<Integer> {

  private static final int NOT_PROVEN = 1;

  private final Session session;

  @Parameters(
      paramLabel = "STATEMENT",
      description = "The statement, compressed as Cloud KMS gives it, or unpacked.")
  private String statement = "";

  @Option(
      names = "--certificates",
      required = true,
      paramLabel = "FILE",
      description = "The certificates that came with it, in PEM, in any order.")
  private String certificates = "";

  @Option(
      names = "--root",
      required = true,
      paramLabel = "FILE",
      description =
          "PEM certificates of those whose word you want, such as the HSM's maker, from elsewhere"
              + " than the statement; can be repeated.")
  private List<String> roots = new ArrayList<>();

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "The public key that the statement has to be on, in PEM.")
  private @Nullable String publicKey;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public AttestationVerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    AttestationFiles files = new AttestationFiles(session.files());
    Optional<Bytes> wanted = Optional.ofNullable(publicKey).map(files::publicKey);
    Verdict verdict =
        Session.statementVerifier()
            .judge(
                session.request(),
                new Presented(
                    Bytes.of(session.files().read(statement)),
                    files.certificates(List.of(certificates)),
                    files.certificates(roots),
                    wanted));
    session.print(
        json
            ? JsonOutput.object(out -> AttestationOutput.json(out, verdict))
            : AttestationOutput.text(verdict, wanted.isPresent()));
    return verdict.proven() ? 0 : NOT_PROVEN;
  }
}
