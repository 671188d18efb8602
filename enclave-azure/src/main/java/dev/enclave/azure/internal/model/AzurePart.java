package dev.enclave.azure.internal.model;

import dev.enclave.KeyState;
import dev.enclave.azure.internal.model.AzureTags.Mark;
import dev.enclave.kit.key.StoredText;
import java.util.Optional;

/**
 * Which part of a key a version is that came from elsewhere.
 *
 * @param position among the versions of the key, counted from 1, the oldest
 * @param of how many there are
 * @param state in which it came
 */
public record AzurePart(int position, int of, KeyState state) {

  public static Optional<AzurePart> parse(String text) {
    String[] words = text.split("/", -1);
    if (words.length != 3) {
      return Optional.empty();
    }
    int position = StoredText.number(words[0]);
    int of = StoredText.number(words[1]);
    return position < 1 || of < position
        ? Optional.empty()
        : StoredText.constant(KeyState.values(), words[2])
            .map(state -> new AzurePart(position, of, state));
  }

  public String text() {
    return position + "/" + of + "/" + state;
  }

  /** Whether it is the one that makes the key whole, since parts are brought in their order. */
  public boolean last() {
    return position == of;
  }

  /** What holds until Enclave writes something else down: it signed once, and does not. */
  Optional<Mark> mark() {
    return switch (state) {
      case VERIFY_ONLY, DISABLED -> Optional.of(Mark.RETIRED);
      case PENDING, ACTIVE, DESTROYED -> Optional.empty();
    };
  }
}
