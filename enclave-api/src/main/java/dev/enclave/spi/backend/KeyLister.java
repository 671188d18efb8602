package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Names a backend's keys, page by page. */
public non-sealed interface KeyLister extends Capability {

  /**
   * A page of names.
   *
   * @param names those on this page, in any order
   * @param next where the next page begins; none after the last
   */
  record Names(List<KeyName> names, Optional<String> next) {

    public Names {
      names = List.copyOf(names);
    }

    /**
     * All names on one page, for a place that does not list by pages.
     *
     * @param from where the page is to begin, which has to be at the beginning
     * @throws BackendFailure REJECTED when it is anywhere else
     */
    public static Names whole(Optional<String> from, List<KeyName> names) throws BackendFailure {
      if (from.isPresent()) {
        throw unknown();
      }
      return new Names(names, Optional.empty());
    }

    /** The failure for a beginning that no page has named. */
    public static BackendFailure unknown() {
      return BackendFailure.permanent(FailureCode.REJECTED, Texts.PAGE_UNKNOWN.with());
    }

    /** A page. */
    public static Names of(List<KeyName> names, Optional<String> next) {
      return new Names(names, next);
    }
  }

  /**
   * A page of the names of the keys that Enclave made here; foreign keys are left out. The engine
   * gives each page a deadline and attempts of its own, so that a long list comes to its end and a
   * page that fails is repeated alone. A key that is there from the first page to the last is on
   * one of them, whatever is created or destroyed in between; on several, if the place lists it
   * more than once.
   *
   * @param from what the page before said; none for the first
   * @throws BackendFailure REJECTED, among others, when no page has said that
   */
  Names page(Optional<String> from, CallContext call) throws BackendFailure;

  /** All of those names, sorted, by as many pages as there are, in one attempt. */
  default List<KeyName> list(CallContext call) throws BackendFailure {
    TreeSet<KeyName> names = new TreeSet<>();
    Optional<String> from = Optional.empty();
    do {
      Names page = page(from, call);
      names.addAll(page.names());
      from = page.next();
    } while (from.isPresent());
    return List.copyOf(names);
  }
}
