package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.util.List;
import java.util.Optional;

/**
 * What a call asks for: one thing, or many at once.
 *
 * @param items the call itself, or the items of its {@code batch_input}
 * @param many whether there is a {@code batch_input}
 */
record Batch(List<Input> items, boolean many) {

  static Batch of(Input input) {
    if (!input.has("batch_input")) {
      return new Batch(List.of(input), false);
    }
    List<Input> items =
        input.list("batch_input").orElseThrow().stream()
            .map(Input::asObject)
            .map(
                item ->
                    new Input(
                        item.orElseThrow(
                            () ->
                                VaultFailure.ofCore(
                                    500, "failed to parse batch input: expected a map"))))
            .toList();
    if (items.isEmpty()) {
      throw VaultFailure.invalid("missing batch input to process");
    }
    return new Batch(items, true);
  }

  Optional<String> reference(int index) {
    return items.get(index).text("reference");
  }
}
