package dev.enclave.campaign.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.wire.JournalEntry;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Enclave may send to a service, by the operations' names in the journal. None of it may
 * answer with a private key, or with a part of one.
 *
 * @param reads what changes nothing, {@code lists} aside
 * @param lists what goes through all keys, and changes nothing
 * @param creates what makes a key, in the order in which it is sent
 * @param sign what signs; empty where keys are used in the client's memory
 * @param changes everything else that does or makes something
 */
public record Requests(
    Set<String> reads, Set<String> lists, List<String> creates, String sign, Set<String> changes) {

  public Requests {
    reads = Set.copyOf(reads);
    lists = Set.copyOf(lists);
    creates = List.copyOf(creates);
    changes = Set.copyOf(changes);
  }

  /** Those of a place whose keys are used in the client's memory. */
  public static Requests ofStoredKeys(
      Set<String> reads, Set<String> lists, List<String> creates, Set<String> changes) {
    return new Requests(reads, lists, creates, "", changes);
  }

  /** Whether keys sign in the client's memory, without a request. */
  public boolean signsInMemory() {
    return sign.isEmpty();
  }

  /** These, and what is asked of another place, where the key-encryption key is. */
  public Requests and(Set<String> moreReads, Set<String> moreChanges) {
    return new Requests(union(reads, moreReads), lists, creates, sign, union(changes, moreChanges));
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    return Stream.concat(some.stream(), others.stream()).collect(Collectors.toSet());
  }

  /** Asserts that nothing else was sent, in particular nothing that would export a key. */
  public void requireNoExports(List<JournalEntry> journal) {
    assertThat(journal).isNotEmpty();
    assertThat(journal).extracting(JournalEntry::operation).isSubsetOf(all());
  }

  private Set<String> all() {
    return Stream.of(reads, lists, creates, List.of(sign), changes)
        .flatMap(Collection::stream)
        .collect(Collectors.toSet());
  }

  /** Whether it does or makes something. */
  public boolean hasEffect(JournalEntry entry) {
    return !changesNothing(entry.operation());
  }

  public boolean changesNothing(String operation) {
    return reads.contains(operation) || lists.contains(operation);
  }
}
