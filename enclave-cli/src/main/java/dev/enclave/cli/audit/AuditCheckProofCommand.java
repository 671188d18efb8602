package dev.enclave.cli.audit;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditRecord;
import dev.enclave.audit.AuditVerification.Options;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave audit check-proof}. */
@Command(
    name = "check-proof",
    sortOptions = false,
    description = {
      "Check a proof that audit prove has written, and show the record it proves.",
      "With --since: that the log has only grown since the checkpoint you kept, and"
          + " has lost no records that you do not expect to be gone.",
      "With --public-key neither log nor configuration is needed."
    })
public final class AuditCheckProofCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The proof.")
  private String proof = "";

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "The verifier keys; else those that lie in the log.")
  private @Nullable String publicKey;

  @Option(
      names = "--since",
      paramLabel = "FILE",
      description = {
        "The checkpoint you kept, for a proof that audit prove --since has written.",
        "Repeat it with older ones to prove that what they cover is older."
      })
  private List<String> since = new ArrayList<>();

  @Mixin private final ExpectedRemovals removals = new ExpectedRemovals();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "With --since: write the newer checkpoint there, to be kept from now on.")
  private @Nullable String out;

  public AuditCheckProofCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try {
      return check();
    } catch (ConfigurationException e) {
      // Without the key there has to be a log, which is not where the one who checks is.
      throw publicKey != null ? e : Texts.OR_NAME_VERIFIER_KEYS.as(e.code(), e.getMessage());
    }
  }

  private int check() {
    AuditLog log = session.builder().auditLog();
    String text = session.files().text(proof);
    Optional<String> key = Optional.ofNullable(publicKey).map(session.files()::text);
    if (!since.isEmpty()) {
      List<String> kept = since.stream().map(session.files()::text).toList();
      checkGrowth(log, text, removals.options(kept, key));
      return 0;
    }
    if (out != null || !removals.isEmpty()) {
      throw Texts.OPTIONS_ARE_FOR_GROWTH.as(ErrorCode.INVALID_ARGUMENT);
    }
    AuditRecord record = log.checkProof(text, key);
    session.print(Texts.RECORD_PROVEN.with(record.lane(), record.sequence()));
    session.print(record.line());
    return 0;
  }

  private void checkGrowth(AuditLog log, String text, Options options) {
    String newer = log.checkConsistency(text, options);
    if (out != null) {
      session.files().write(out, newer);
    }
    if (!"-".equals(out)) {
      session.print(
          Texts.GROWTH_PROVEN.with(
              options.checkpoints().stream()
                  .mapToLong(AuditCheckProofCommand::number)
                  .max()
                  .orElseThrow(),
              number(newer)));
    }
  }

  /** The second line of a checkpoint (c2sp.org/tlog-checkpoint). */
  private static long number(String checkpoint) {
    return checkpoint.lines().skip(1).mapToLong(Long::parseLong).findFirst().orElseThrow();
  }
}
