package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keys are listed page by page, whatever happens between two pages. */
public interface ListingContract extends BackendUnderTest {

  @Test
  default void namesAKeyOnceOnAPage_andLosesNoneThatIsThereFromTheFirstToTheLast() {
    Workbench.with(
        harness(),
        BackendTrait.LISTS,
        bench -> {
          KeyLister lister = bench.capability(KeyLister.class);
          List<KeyName> made = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            made.add(bench.create().name());
          }
          List<KeyName> listed = new ArrayList<>();
          boolean changed = false;
          Optional<String> from = Optional.empty();
          do {
            Optional<String> start = from;
            KeyLister.Names page = bench.succeed(call -> lister.page(start, call));
            assertThat(page.names()).doesNotHaveDuplicates();
            listed.addAll(page.names());
            if (!changed) {
              bench.create();
              changed = true;
            }
            from = page.next();
          } while (from.isPresent());
          assertThat(listed).containsAll(made);
        });
  }

  @Test
  default void givesTheSamePageAgain() {
    Workbench.with(
        harness(),
        BackendTrait.LISTS,
        bench -> {
          KeyLister lister = bench.capability(KeyLister.class);
          bench.create();
          bench.settle();
          List<KeyName> first = bench.succeed(call -> lister.page(Optional.empty(), call)).names();
          assertThat(bench.succeed(call -> lister.page(Optional.empty(), call)).names())
              .containsExactlyInAnyOrderElementsOf(first);
        });
  }

  @Test
  default void refusesToBegin_whereNoPageHasSaid() {
    Workbench.with(
        harness(),
        BackendTrait.LISTS,
        bench -> {
          KeyLister lister = bench.capability(KeyLister.class);
          bench.create();
          for (String nonsense : List.of("nonsense", "https://example.com/keys?x=1", "../keys")) {
            bench.refuse(FailureCode.REJECTED, call -> lister.page(Optional.of(nonsense), call));
          }
        });
  }
}
