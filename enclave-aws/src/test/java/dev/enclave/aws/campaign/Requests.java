package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.wire.JournalEntry;
import java.util.List;
import java.util.Set;

/** What Enclave may send to AWS. None of it answers with a private key, or with a part of one. */
public final class Requests {

  private static final Set<String> READS =
      Set.of(
          "DescribeKey",
          "GetPublicKey",
          "ListResourceTags",
          "ListAliases",
          "ListKeys",
          "GetCallerIdentity");

  private static final Set<String> WITH_AN_EFFECT =
      Set.of(
          "CreateKey",
          "CreateAlias",
          "UpdateAlias",
          "TagResource",
          "UntagResource",
          "Sign",
          "Encrypt",
          "Decrypt",
          "EnableKey",
          "DisableKey",
          "ScheduleKeyDeletion");

  private Requests() {}

  /** Asserts that nothing else was sent, in particular nothing that would export a key. */
  public static void requireNoExports(List<JournalEntry> journal) {
    assertThat(journal).isNotEmpty();
    assertThat(journal)
        .filteredOn(entry -> !READS.contains(entry.operation()))
        .extracting(JournalEntry::operation)
        .isSubsetOf(WITH_AN_EFFECT);
  }

  /** Whether it does or makes something. */
  static boolean hasEffect(JournalEntry entry) {
    return !READS.contains(entry.operation());
  }
}
