package dev.enclave.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.record.RecordStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The names of all records, page by page. */
public interface RecordListingContract extends RecordStoreUnderTest {

  /** More names than a test makes: a store of longer pages need not be filled. */
  int MANY = 500;

  private List<KeyLister.Names> pages(RecordStore store) throws BackendFailure {
    List<KeyLister.Names> pages = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      KeyLister.Names page = store.page(from, call());
      pages.add(page);
      from = page.next();
    } while (from.isPresent());
    return pages;
  }

  private static Set<KeyName> names(List<KeyLister.Names> pages) {
    Set<KeyName> names = new TreeSet<>();
    pages.forEach(page -> names.addAll(page.names()));
    return names;
  }

  @Test
  default void listsEveryRecord_byAsManyPagesAsThereAre() throws Exception {
    int count = perPage() < MANY ? 2 * perPage() + 1 : 5;
    Set<KeyName> made = new TreeSet<>();
    try (RecordStore store = open()) {
      for (int i = 0; i < count; i++) {
        KeyName name = freshName();
        store.create(name, content("listed"), call());
        made.add(name);
      }
      List<KeyLister.Names> pages = pages(store);
      assertThat(names(pages)).containsAll(made);
      assertThat(pages).allMatch(page -> page.names().size() <= perPage());
      if (perPage() < MANY) {
        assertThat(pages).hasSizeGreaterThan(2);
      }
    }
  }

  @Test
  default void listsWhatAnotherInstanceWrote_andNotWhatWasRemoved() throws Exception {
    KeyName kept = freshName();
    KeyName gone = freshName();
    try (RecordStore one = open();
        RecordStore other = open()) {
      one.create(kept, content("kept"), call());
      one.create(gone, content("gone"), call());
      assertThat(names(pages(other))).contains(kept, gone);
      remove(gone);
      assertThat(names(pages(other))).contains(kept).doesNotContain(gone);
    }
  }

  @Test
  default void refusesAPageThatNoPageNamed() throws Exception {
    try (RecordStore store = open()) {
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> store.page(Optional.of("nobody-has-said-this"), call()));
      assertThat(failure).isNotNull();
      assertThat(failure.code()).as(failure.getMessage()).isEqualTo(FailureCode.REJECTED);
    }
  }
}
