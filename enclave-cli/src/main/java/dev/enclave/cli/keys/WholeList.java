package dev.enclave.cli.keys;

import dev.enclave.KeyName;
import dev.enclave.admin.KeyListing;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.EnclaveException;
import java.util.Map;

/** A list that lacks keys says so when it has been printed. */
final class WholeList {

  private WholeList() {}

  /**
   * The exit code of a list that lacks nothing.
   *
   * @throws EnclaveException with the code of the first key that cannot be read, if any
   */
  static int required(KeyListing listing) {
    if (listing.complete()) {
      return 0;
    }
    Map.Entry<KeyName, EnclaveException> first = listing.unreadable().entrySet().iterator().next();
    int lacking = listing.unreadable().size();
    throw Texts.LIST_INCOMPLETE.as(
        first.getValue().code(),
        lacking,
        lacking == 1 ? Texts.FIRST_KEY.with() : Texts.FIRST_OF_KEYS.with(),
        first.getKey(),
        first.getValue().getMessage());
  }
}
