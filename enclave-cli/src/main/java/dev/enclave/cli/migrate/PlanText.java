package dev.enclave.cli.migrate;

import dev.enclave.cli.text.Texts;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationPlan.Aspect;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationWay;
import dev.enclave.migration.Proposal;
import dev.enclave.migration.ReinstatementProposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan for people. */
public final class PlanText {

  private PlanText() {}

  /** What people are to read before they sign. */
  public static List<String> of(Proposal proposal) {
    if (proposal instanceof DestructionProposal destruction) {
      return of(destruction);
    }
    return proposal instanceof ReinstatementProposal reinstatement
        ? of(reinstatement)
        : of(((MigrationProposal) proposal).plan());
  }

  private static List<String> of(ReinstatementProposal reinstatement) {
    List<String> text = new ArrayList<>();
    line(text, "plan", reinstatement.hash());
    line(
        text,
        "signs again",
        Texts.HANDLE_AND_VERSION.with(reinstatement.key(), reinstatement.version()));
    line(text, "algorithm", reinstatement.publicKey().algorithm().name());
    line(text, "public key", reinstatement.publicKey().fingerprint().toString());
    line(text, "in place of", Texts.VERSION_LABEL.with(reinstatement.active()));
    line(text, "environment", reinstatement.environment().name());
    line(text, "expires", reinstatement.expiresAt().toString());
    return text;
  }

  private static List<String> of(DestructionProposal destruction) {
    MigrationPlan migration = destruction.record().proposal().plan();
    List<String> text = new ArrayList<>();
    line(text, "plan", destruction.hash());
    line(text, "destroys", Texts.HANDLE_AND_VERSION.with(migration.key(), migration.version()));
    line(text, "public key", migration.publicKey().fingerprint().toString());
    line(text, "migrated to", destruction.record().to().toString());
    line(text, "migrated at", destruction.record().at().toString());
    line(text, "environment", migration.environment().name());
    line(text, "expires", destruction.expiresAt().toString());
    return text;
  }

  static List<String> of(MigrationPlan plan) {
    List<String> text = new ArrayList<>();
    line(text, "plan", plan.hash());
    line(text, "key", Texts.HANDLE_AND_VERSION.with(plan.key(), plan.version()));
    line(text, "algorithm", plan.publicKey().algorithm().name());
    line(text, "target", Texts.TARGET_AND_AUTHORITY.with(plan.target(), plan.targetAuthority()));
    line(text, "environment", plan.environment().name());
    line(text, "expires", plan.expiresAt().toString());
    line(text, "way", plan.way().map(PlanText::spelled).orElse(Texts.NOT_POSSIBLE.with()));
    for (MigrationWay way : MigrationWay.values()) {
      String why = plan.obstacles().get(way);
      if (why != null) {
        line(text, Texts.NO_WAY.with(spelled(way)), why);
      }
    }
    for (Aspect aspect : Aspect.values()) {
      String change = plan.changes().get(aspect);
      if (change != null) {
        line(text, spelled(aspect), change);
      }
    }
    return text;
  }

  /** The way, or why there is none. */
  static String shortly(MigrationPlan plan) {
    return plan.way()
        .map(PlanText::spelled)
        .orElseGet(
            () ->
                Texts.NOT_POSSIBLE_SINCE.with(
                    String.valueOf(plan.obstacles().get(MigrationWay.SUCCESSION))));
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void line(List<String> text, String name, String value) {
    text.add(line(name, value));
  }

  static String line(String name, String value) {
    return String.format(Locale.ROOT, "%-14s", name) + " " + value;
  }
}
