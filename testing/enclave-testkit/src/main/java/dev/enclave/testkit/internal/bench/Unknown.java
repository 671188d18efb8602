package dev.enclave.testkit.internal.bench;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;

/** References to what does not exist, of the shape the backend itself uses. */
public final class Unknown {

  private Unknown() {}

  /** A version the key does not have: its last version's id with another last character. */
  public static KeyVersionRef versionOf(KeySnapshot key) {
    KeyVersion last = key.versions().get(key.versions().size() - 1);
    String id = last.id().value();
    String other = id.substring(0, id.length() - 1) + following(id.charAt(id.length() - 1));
    int place = last.providerUri().lastIndexOf(id);
    String uri =
        place < 0
            ? last.providerUri()
            : last.providerUri().substring(0, place)
                + other
                + last.providerUri().substring(place + id.length());
    return KeyVersionRef.of(
        key.name(), KeyVersionId.of(other), key.algorithm(), KeyState.ACTIVE, key.stamp(), uri);
  }

  /** A provider URI like {@code uri} with another last character. */
  public static String uriLike(String uri) {
    return uri.substring(0, uri.length() - 1) + following(uri.charAt(uri.length() - 1));
  }

  private static char following(char last) {
    return switch (last) {
      case '9' -> '0';
      case 'f', 'z' -> 'a';
      case 'F', 'Z' -> 'A';
      case '.', '_', '-' -> '0';
      default -> (char) (last + 1);
    };
  }
}
