package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.admin.Orphans;
import dev.enclave.admin.Orphans.Orphan;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys reconcile}. */
@Command(
    name = "reconcile",
    sortOptions = false,
    description = {
      "Remove what interrupted creations left at the provider: private keys that Enclave made and"
          + " that belong to no key.",
      "Looks through all keys of the account and region, which takes minutes for thousands. Says"
          + " of restorations that were cut short how to finish them."
    })
public final class KeysReconcileCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--dry-run", description = "Only say what would be removed.")
  private boolean dryRun;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public KeysReconcileCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return session.withEnclave(this::reconcile);
  }

  private int reconcile(Enclave enclave) {
    Orphans place = enclave.admin().orphans().orElseThrow(() -> leavesNone(enclave));
    List<Orphan> orphans = dryRun ? place.find() : place.discard();
    // Whoever went through all keys knows what else is the matter with them.
    List<Finding> findings = enclave.health().findings();
    session.print(json ? inJson(orphans, findings) : inWords(orphans, findings));
    return 0;
  }

  private static EnclaveException leavesNone(Enclave enclave) {
    return Texts.NO_ORPHANS_EVER.as(ErrorCode.UNSUPPORTED_OPERATION, enclave.resolution().chosen());
  }

  private List<String> inJson(List<Orphan> orphans, List<Finding> findings) {
    return JsonOutput.object(
        out -> {
          out.writeBooleanField("dryRun", dryRun);
          JsonOutput.array(
              out,
              "orphans",
              orphans,
              (item, orphan) -> {
                item.writeStringField("providerUri", orphan.providerUri());
                item.writeStringField("meantFor", orphan.meantFor());
                item.writeStringField("createdAt", orphan.createdAt().toString());
              });
          JsonOutput.array(
              out,
              "findings",
              findings,
              (item, finding) -> {
                item.writeStringField("code", finding.code().name());
                item.writeStringField("observed", finding.observed());
                item.writeStringField("fix", finding.fix());
              });
        });
  }

  private List<String> inWords(List<Orphan> orphans, List<Finding> findings) {
    List<String> lines = new ArrayList<>();
    orphans.forEach(
        o -> lines.add(Texts.ORPHAN.with(o.createdAt(), o.providerUri(), o.meantFor())));
    lines.add(
        orphans.isEmpty()
            ? Texts.NO_ORPHANS.with()
            : dryRun ? Texts.ORPHANS_NOT_REMOVED.with() : Texts.ORPHANS_REMOVED.with());
    findings.forEach(finding -> lines.add(finding.observed() + ". " + finding.fix() + "."));
    return lines;
  }
}
