package dev.enclave.spi;

import dev.enclave.KeyName;
import java.util.List;
import java.util.Optional;

/** A backend that can name its keys. */
public interface KeyLister {

  /**
   * Some of the names.
   *
   * @param names those in this part
   * @param next where the next part begins; none after the last
   */
  record Names(List<KeyName> names, Optional<String> next) {

    public Names {
      names = List.copyOf(names);
    }
  }

  /** The names of all keys Enclave made here, sorted; foreign keys are left out. */
  List<KeyName> list(CallContext call) throws BackendFailure;

  /**
   * A part of those names, in any order, for a place that lists by pages: the engine gives each
   * part a deadline and attempts of its own, so that a long list comes to its end. By default all
   * at once.
   *
   * @param from what the part before said; none for the first
   */
  default Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return new Names(list(call), Optional.empty());
  }
}
