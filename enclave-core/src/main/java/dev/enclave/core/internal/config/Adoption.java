package dev.enclave.core.internal.config;

import dev.enclave.BackendId;
import java.util.Collection;
import java.util.Optional;

/**
 * What configuration says of a key that something else made.
 *
 * @param uri the provider's own name of the key, maybe with a backend's id in front
 * @param acceptsUnreadableStamp whether the key may be used although its environment stamp cannot
 *     be read
 */
public record Adoption(String uri, boolean acceptsUnreadableStamp) {

  /** The backend whose id is in front, as in {@code aws-kms:arn:aws:kms:…}. */
  public Optional<BackendId> namedBackend(Collection<BackendId> known) {
    int colon = uri.indexOf(':');
    return colon < 1
        ? Optional.empty()
        : known.stream().filter(id -> id.value().equals(uri.substring(0, colon))).findFirst();
  }

  /** The same without a backend's id in front, as the backend itself takes it. */
  public Adoption withoutBackend(Collection<BackendId> known) {
    return namedBackend(known).isEmpty()
        ? this
        : new Adoption(uri.substring(uri.indexOf(':') + 1), acceptsUnreadableStamp);
  }
}
